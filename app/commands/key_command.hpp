#pragma once
// `sluice key …`: creates, rotates, retires and lists the issuer keys of a file. A running service
// notices the change by itself. Used by app/run_command.

#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"
#include "core/config/config.hpp"

#include <chrono>

namespace sluice::app {

/// Runs any of these commands. `new` and `rotate` print only the key that they create, and store it
/// nowhere in plain text.
[[nodiscard]] int run_key_command(const command_line& line, const core::config& settings,
                                  std::chrono::sys_seconds now, const terminal& streams);

} // namespace sluice::app
