#pragma once
// `sluice serve`: from validated settings to exit status.

#include "app/reload.hpp"
#include "core/config.hpp"
#include "core/key_file.hpp"

namespace sluice::app {

/// Serves until SIGTERM or SIGINT, then drains: no new connections, /readyz 503, transfers finish
/// within shutdown.drain_timeout. A second signal ends at once. Returns 0 after a drain, 1 after a
/// second signal; throws std::exception for start-up faults. SIGUSR1 reopens the access log; SIGHUP
/// puts in force what `source` says.
int serve(const core::config& settings, core::loaded_keys keys, const reload_source& source);

} // namespace sluice::app
