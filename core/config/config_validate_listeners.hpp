#pragma once
// The part of core/config/config_validate.hpp that checks sockets and the peers that can connect.
// Used by core/config/config_validate.

#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"

#include <vector>

namespace sluice::core {

/// Adds the problems of `listen`, `listeners`, `metrics.listen` and `trusted_proxies`.
void check_listeners(const config& settings, std::vector<operator_problem>& out);

/// Adds a problem for each address that other machines can connect to, when issuer.mode contains
/// local. An inherited socket (systemd:) counts as one, since it may be of any kind.
void check_local_only(const config& settings, std::vector<operator_problem>& out);

} // namespace sluice::core
