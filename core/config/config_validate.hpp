#pragma once
// The checks that need more than one look at one number: texts with a grammar, and settings that
// must agree with each other. Called by load_config() after all sources have spoken.

#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::core {

/// What the configuration is for: a tool works without media, the gateway does not.
enum class config_use : std::uint8_t { tool, serve };

/// All problems at once; `where` of each is the path of the setting to change.
[[nodiscard]] std::vector<operator_problem> validate(const config& settings, config_use use);

/// What is allowed, and what an operator may still not have meant: one sentence each. For settings
/// that have passed validate().
[[nodiscard]] std::vector<std::string> remarks(const config& settings);

} // namespace sluice::core
