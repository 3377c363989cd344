#pragma once
// Compares the configuration in force with the next one. Reports names only, because values may not
// be fit for a log. Used by app/service/reload.

#include "core/config/config.hpp"

#include <string_view>
#include <vector>

namespace sluice::core {

/// The paths of the settings that differ, in the order of the table.
[[nodiscard]] std::vector<std::string_view> changed_settings(const config& a, const config& b);

/// Gives `next` the running value of every setting that only a restart can change. Returns the
/// paths of those that would have changed.
std::vector<std::string_view> keep_fixed_settings(const config& running, config& next);

} // namespace sluice::core
