#pragma once
// Formats and parses HTTP-date (RFC 9110 §5.6.7) without locale, time zone or C library calls. Not
// a date library: it converts between seconds since the Unix epoch and the three forms of HTTP.
// Used by core/download/representation, core/download/preconditions and http/connection/worker.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// An IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT". Not terminated.
using http_date_text = std::array<char, 29>;

/// Writes an IMF-fixdate. The format has four digits for the year: instants outside the years 1 to
/// 9999 are clamped to the first or the last second of that span.
void format_http_date(std::int64_t unix_seconds, http_date_text& out) noexcept;

/// The same, as a string.
[[nodiscard]] std::string format_http_date(std::int64_t unix_seconds);

/// Reads an IMF-fixdate, an RFC 850 date or an asctime date: a recipient MUST accept all three.
/// Seconds since the Unix epoch; nullopt for anything else, surrounding whitespace included.
///
/// Names are case-sensitive and the zone is "GMT". The day must exist in its month, the year is 1
/// to 9999. The weekday must be a name of that form, but need not match the date: nothing depends
/// on it, and RFC 9110 asks recipients to be robust. The leap second 23:59:60 equals the 00:00:00
/// that follows, as in POSIX. The two-digit year of RFC 850 is the latest one that does not put the
/// date more than 50 years after `now`.
[[nodiscard]] std::optional<std::int64_t> parse_http_date(std::string_view text,
                                                          std::chrono::sys_seconds now) noexcept;

} // namespace sluice::core
