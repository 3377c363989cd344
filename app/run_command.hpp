#pragma once
// Runs a command line: parses it, loads settings and keys, and calls the command. Not the process
// (argv, environ, signals): that is app/main.cpp, which also passes in the function that serves.
// Used by app/main.

#include "app/cli/terminal.hpp"
#include "app/command_settings.hpp"
#include "app/service/reload.hpp"
#include "core/base/clock.hpp"
#include "core/config/config.hpp"
#include "core/token/key_file.hpp"

#include <functional>

namespace sluice::app {

/// Runs the gateway until it is told to stop; returns the exit status. The source outlives the
/// call.
using serve_function =
    std::function<int(const core::config&, core::loaded_keys, const reload_source&)>;

/// Runs the command in `with` and returns its exit status. Throws what `serve` throws. The secret
/// is wiped before `serve` is called.
[[nodiscard]] int run_command(invocation with, const terminal& streams, const core::clock& time,
                              const serve_function& serve);

} // namespace sluice::app
