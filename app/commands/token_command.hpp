#pragma once
// `sluice token issue` and `sluice token verify`: the token service of the gateway, offline. What a
// token says without asking a key is app/commands/token_inspect.hpp.

#include "app/cli/command_line.hpp"
#include "app/cli/terminal.hpp"
#include "core/config/config.hpp"
#include "core/token/token_service.hpp"

#include <chrono>
#include <string>

namespace sluice::app {

/// What every token command works with.
struct token_tools {
    const core::config& settings;
    const core::key_ring& keys;
    std::chrono::sys_seconds now;
};

/// Prints a token for --user and the media of the flags, or the JSON of the HTTP endpoint with
/// --json. Whether the media exists, and whether the user may have it, is not asked; a user whom
/// the store of the settings says to be banned is given none.
[[nodiscard]] int issue_token(const command_line& line, const token_tools& with,
                              const terminal& streams);

/// Checks the token of the operand, and its binding when the flags name media; says which check
/// failed. exit_success means that the gateway would accept it now.
[[nodiscard]] int verify_token(const command_line& line, const token_tools& with,
                               const terminal& streams);

/// The token on standard input, or of the operand, where "-" stands for the former: white space
/// around it is dropped, and no more is read than a token can be long.
[[nodiscard]] std::string read_token(const terminal& streams);
[[nodiscard]] std::string token_operand(const command_line& line, const terminal& streams);

} // namespace sluice::app
