#pragma once
// The environment variables that the process was started with. main() reads them once; no other
// unit calls getenv. Used by app/process.

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::app {

/// Names and values.
using environment_view = std::span<const std::pair<std::string, std::string>>;

/// The value of `name`; nullopt when it is not set.
[[nodiscard]] inline std::optional<std::string_view> value_of(environment_view environment,
                                                              std::string_view name) {
    const auto found =
        std::ranges::find_if(environment, [&](const auto& one) { return one.first == name; });
    return found == environment.end() ? std::nullopt
                                      : std::optional<std::string_view>(found->second);
}

} // namespace sluice::app
