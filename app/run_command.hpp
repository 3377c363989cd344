#pragma once
// From a command line to the command that answers it: parses, loads settings and keys, runs. The
// process (argv, environ, signals) is app/main.cpp's; serving is handed in.

#include "app/cli/terminal.hpp"
#include "app/service/reload.hpp"
#include "core/base/clock.hpp"
#include "core/config/config.hpp"
#include "core/token/key_file.hpp"
#include "crypto/secret.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::app {

/// What the process was started with.
struct invocation {
    std::vector<std::string> arguments; // without the program's name
    std::vector<std::pair<std::string, std::string>> environment;
    std::optional<crypto::secret> secret; // SLUICE_SECRET, taken out of the environment
};

/// Runs the gateway until it is told to stop; its result is the exit status. The source outlives
/// the call.
using serve_function =
    std::function<int(const core::config&, core::loaded_keys, const reload_source&)>;

/// The exit status of the command that `with` names. Throws what `serve` throws. The secret is
/// wiped before `serve` is called.
[[nodiscard]] int run_command(invocation with, const terminal& streams, const core::clock& time,
                              const serve_function& serve);

} // namespace sluice::app
