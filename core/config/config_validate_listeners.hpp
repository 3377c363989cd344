#pragma once
// The part of core/config/config_validate.hpp that is about sockets and whom they connect to.

#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"

#include <vector>

namespace sluice::core {

/// The objections to `listen`, `listeners`, `metrics.listen` and `trusted_proxies`.
void check_listeners(const config& settings, std::vector<operator_problem>& out);

/// The objections to whatever lets others than this machine connect, where issuer.mode has local.
/// An inherited socket (systemd:) is one: it may be of any kind.
void check_local_only(const config& settings, std::vector<operator_problem>& out);

} // namespace sluice::core
