#pragma once
// Parses and formats times as operators write them. HTTP dates are in core/download/http_date.hpp.
// Used by core/access, core/token, http/telemetry and app.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// Seconds since the Unix epoch of "1767225600", "2026-01-01" (midnight UTC) or an RFC 3339 time
/// without fractions: "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00". nullopt for anything
/// else, also for days that do not exist and times before 1970.
[[nodiscard]] std::optional<std::int64_t> parse_timestamp(std::string_view text) noexcept;

/// The size of "2026-01-01T00:00:00".
inline constexpr std::size_t date_time_size = 19;

/// Writes "2026-01-01T00:00:00" to `at`, with `separator` in place of the T. Returns the end.
/// REQUIRES: a year from 0 to 9999.
char* put_date_time(std::chrono::sys_seconds time, char separator, char* at) noexcept;

/// "2026-01-01T00:00:00Z"; plain seconds beyond the year 9999.
[[nodiscard]] std::string format_timestamp(std::int64_t seconds);

} // namespace sluice::core
