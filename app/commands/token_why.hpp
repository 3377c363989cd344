#pragma once
// `sluice token why`: replays the decision on a download, offline, and explains in one paragraph
// which check rejected it and what would be accepted. Used by app/run_command.

#include "app/commands/token_command.hpp"

namespace sluice::app {

/// Takes the URL of the download from --url and the token from --token ("-": standard input).
/// exit_success means that the gateway would serve the file now. The file is looked up below
/// media.root or in the object store, and revocations in the store, where these are set.
[[nodiscard]] int explain_refusal(const command_line& line, const token_tools& with,
                                  const terminal& streams);

} // namespace sluice::app
