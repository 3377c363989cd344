#pragma once
// `sluice serve`: runs the service from validated settings to the exit status, and handles its
// signals. It does not read the configuration (app/command_settings) and does not build the service
// (app/service/application). Used by app/main.

#include "app/process/service_manager.hpp"
#include "app/service/reload.hpp"
#include "core/config/config.hpp"
#include "core/token/key_file.hpp"

namespace sluice::app {

/// Serves until SIGTERM or SIGINT, then leaves: /readyz responds 503 for shutdown.delay, then no
/// new connections are accepted, and transfers finish within shutdown.drain_timeout. A second
/// signal ends the process at once. Returns 0 after a drain, 1 after a second signal; throws
/// std::exception for start-up faults. SIGUSR1 reopens the access log; SIGHUP reloads from
/// `source`. `manager` receives state notifications, and may have opened the sockets.
int serve(const core::config& settings, core::loaded_keys keys, const reload_source& source,
          service_manager& manager);

} // namespace sluice::app
