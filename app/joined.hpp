#pragma once
// Names as one text for a log line or a message.

#include <string>

namespace sluice::app {

/// The texts in `names`, in order, separated by ", ".
template <class Names>
[[nodiscard]] std::string joined(const Names& names) {
    std::string all;
    for (const auto& name : names) {
        all.append(all.empty() ? "" : ", ").append(name);
    }
    return all;
}

} // namespace sluice::app
