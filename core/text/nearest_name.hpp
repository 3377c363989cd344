#pragma once
// "Did you mean …?" for names that a person typed: settings, commands and flags.

#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// The candidate with the fewest edits (insert, delete, replace, swap of neighbours) to `word`, the
/// first of equals; empty when even that one is too far off to be meant.
[[nodiscard]] std::string_view nearest_name(std::string_view word,
                                            const std::vector<std::string_view>& candidates);

/// ", did you mean limits.idle_timeout?", or nothing when no candidate is near.
[[nodiscard]] std::string suggestion(std::string_view word,
                                     const std::vector<std::string_view>& candidates);

} // namespace sluice::core
