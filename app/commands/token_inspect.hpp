#pragma once
// `sluice token inspect`: prints the content of a token without verifying it. It uses no key, so
// the output proves nothing; `sluice token verify` does. Used by app/run_command.

#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"

#include <chrono>

namespace sluice::app {

/// Prints header and claims with readable times, below a warning. exit_failure when the operand is
/// not three parts of base64url with JSON in the first two.
[[nodiscard]] int inspect_token(const command_line& line, std::chrono::sys_seconds now,
                                const terminal& streams);

} // namespace sluice::app
