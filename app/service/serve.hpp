#pragma once
// `sluice serve`: from validated settings to exit status.

#include "app/process/service_manager.hpp"
#include "app/service/reload.hpp"
#include "core/config/config.hpp"
#include "core/token/key_file.hpp"

namespace sluice::app {

/// Serves until SIGTERM or SIGINT, then leaves: /readyz 503 for shutdown.delay, then no new
/// connections, and transfers finish within shutdown.drain_timeout. A second signal ends at once.
/// Returns 0 after a drain, 1 after a second signal; throws std::exception for start-up faults.
/// SIGUSR1 reopens the access log; SIGHUP puts in force what `source` says. `manager` is told what
/// happens, and may have opened the sockets.
int serve(const core::config& settings, core::loaded_keys keys, const reload_source& source,
          service_manager& manager);

} // namespace sluice::app
