#pragma once
// `sluice status` and `sluice top`: what the running service says over its control socket. Used by
// app/run_command.

#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"
#include "core/config/config.hpp"

namespace sluice::app {

/// `status` prints the state once; `top` again and again, until the service ends or the command is
/// interrupted. exit_failure: there is no answer.
[[nodiscard]] int run_status_command(const command_line& line, const core::config& settings,
                                     const terminal& streams);

} // namespace sluice::app
