#pragma once
// The part of core/config/config_validate.hpp that is about sockets and whom they connect to.

#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"

#include <vector>

namespace sluice::core {

/// The objections to `listen`, `listeners`, `metrics.listen` and `trusted_proxies`.
void check_listeners(const config& settings, std::vector<operator_problem>& out);

} // namespace sluice::core
