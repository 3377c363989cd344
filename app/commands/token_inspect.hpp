#pragma once
// `sluice token inspect`: what a token says, taken at its word. No key is involved, so nothing it
// prints is true just because it is printed; `sluice token verify` is the command to trust.

#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"

#include <chrono>

namespace sluice::app {

/// Prints header and claims with the times spelled out, below a warning. exit_failure when the
/// operand is not three parts of base64url with JSON in the first two.
[[nodiscard]] int inspect_token(const command_line& line, std::chrono::sys_seconds now,
                                const terminal& streams);

} // namespace sluice::app
