#pragma once
// The grammar of a ttl, wherever somebody writes one: the query of the token endpoint and the
// command line. Clamping is core/token/token_service.hpp's.

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice::core {

/// Seconds of [1-9][0-9]{0,9} and of nothing else (docs/security.md, threat 32): at most
/// 9,999,999,999, so that adding them to a time cannot overflow.
[[nodiscard]] std::optional<std::chrono::seconds> parse_ttl(std::string_view text) noexcept;

} // namespace sluice::core
