#pragma once
// `sluice key …`: makes, rotates, retires and lists the issuer keys of a file. A running service
// sees the change by itself.

#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"
#include "core/config/config.hpp"

#include <chrono>

namespace sluice::app {

/// Any of them. The key that `new` and `rotate` make is all that goes to the output, and is kept
/// nowhere.
[[nodiscard]] int run_key_command(const command_line& line, const core::config& settings,
                                  std::chrono::sys_seconds now, const terminal& streams);

} // namespace sluice::app
