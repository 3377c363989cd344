#pragma once
// Finds the "did you mean …?" suggestion for names that a person typed: settings, commands and
// flags. Used by app/cli/command_line and core/config.

#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// The candidate with the fewest edits (insert, delete, replace, swap of neighbours) from `word`,
/// the first of equals; empty when every candidate is too different.
[[nodiscard]] std::string_view nearest_name(std::string_view word,
                                            const std::vector<std::string_view>& candidates);

/// ", did you mean limits.idle_timeout?", or nothing when no candidate is near.
[[nodiscard]] std::string suggestion(std::string_view word,
                                     const std::vector<std::string_view>& candidates);

} // namespace sluice::core
