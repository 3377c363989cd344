#pragma once
// `sluice token why`: replays the decision on a download, offline, and says in one paragraph which
// check refused it and what would pass.

#include "app/commands/token_command.hpp"

namespace sluice::app {

/// --url is that of the download, --token the token ("-": from standard input). exit_success means
/// that the gateway would serve the file now. The file is looked for where media.root is set;
/// revocations are in the store, which is not asked.
[[nodiscard]] int explain_refusal(const command_line& line, const token_tools& with,
                                  const terminal& streams);

} // namespace sluice::app
