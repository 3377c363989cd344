#pragma once
// `sluice token issue` and `sluice token verify`: the token service of the gateway, offline. Not
// the display of a token without a key: that is app/commands/token_inspect.hpp. Used by
// app/run_command.

#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"
#include "core/config/config.hpp"
#include "core/token/token_service.hpp"

#include <chrono>
#include <string>

namespace sluice::app {

/// The dependencies of all token commands.
struct token_tools {
    const core::config& settings;
    const core::key_ring& keys;
    std::chrono::sys_seconds now;
};

/// Prints a token for --user and the media of the flags; with --json, the JSON of the HTTP
/// endpoint. It does not check that the media exists or that the user is entitled to it. It rejects
/// a user whom the store of the settings lists as banned.
[[nodiscard]] int issue_token(const command_line& line, const token_tools& with,
                              const terminal& streams);

/// Checks the token of the operand, and its binding when the flags name media; prints which check
/// failed. exit_success means that the gateway would accept the token now.
[[nodiscard]] int verify_token(const command_line& line, const token_tools& with,
                               const terminal& streams);

/// True when the expired token with these claims can still continue a download.
[[nodiscard]] bool is_in_window(const core::claims& expired, std::chrono::sys_seconds now);

/// The token on standard input; token_operand() returns the operand, or read_token() when it is
/// "-". Both drop white space around the token; no more is read than a token can be long.
[[nodiscard]] std::string read_token(const terminal& streams);
[[nodiscard]] std::string token_operand(const command_line& line, const terminal& streams);

} // namespace sluice::app
