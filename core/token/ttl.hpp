#pragma once
// Parses a ttl and a resume window, in the query of the token endpoint and on the command line.
// Does not limit them: core/token/token_service.hpp does. Used by app/commands/token_command and
// http/handlers/mint_request.

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice::core {

/// Seconds of [1-9][0-9]{0,9} and of nothing else (docs/security.md, threat 32): at most
/// 9,999,999,999, so that adding them to a time cannot overflow.
[[nodiscard]] std::optional<std::chrono::seconds> parse_ttl(std::string_view text) noexcept;

/// The same, or "0": no window.
[[nodiscard]] std::optional<std::chrono::seconds> parse_resume(std::string_view text) noexcept;

} // namespace sluice::core
