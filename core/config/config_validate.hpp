#pragma once
// The checks that go beyond the range of one number: texts with a grammar, and settings that must
// agree with each other. Called by load_config() once all sources have been read.

#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::core {

/// The purpose of the configuration: a tool works without media, the gateway does not.
enum class config_use : std::uint8_t { tool, serve };

/// All problems at once. `where` of each is the path of the setting to change.
[[nodiscard]] std::vector<operator_problem> validate(const config& settings, config_use use);

/// Warnings about accepted settings that an operator may not have intended, one sentence each.
/// REQUIRES: `settings` have passed validate().
[[nodiscard]] std::vector<std::string> remarks(const config& settings);

} // namespace sluice::core
