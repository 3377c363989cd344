#pragma once
// Joins names into one text for a log line or a message. Used by app/service and app/commands.

#include <string>
#include <string_view>

namespace sluice::app {

/// The texts in `names`, in order, with `between` between them.
template <class Names>
[[nodiscard]] std::string joined(const Names& names, std::string_view between = ", ") {
    std::string all;
    for (const auto& name : names) {
        all.append(all.empty() ? std::string_view{} : between).append(name);
    }
    return all;
}

} // namespace sluice::app
