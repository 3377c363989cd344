#pragma once
// The checks that need more than one look at one number: texts with a grammar, and settings that
// must agree with each other. Called by load_config() after all sources have spoken.

#include "core/base/config_problem.hpp"
#include "core/config/config.hpp"

#include <vector>

namespace sluice::core {

/// All problems at once; `where` of each is the path of the setting to change.
[[nodiscard]] std::vector<config_problem> validate(const config& settings, config_use use);

} // namespace sluice::core
