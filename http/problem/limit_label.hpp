#pragma once
// The limit that a request or a connection has reached: a name for the counters and for the log.
// Not the limits' values, which are core::config's. Named by the parser, the gate and the session;
// counted by http/telemetry/metrics.hpp.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http {

/// The label "limit": the name of the setting in core::config::limits_section that was reached.
enum class limit_label : std::uint8_t {
    connections,
    connections_per_peer,
    header_bytes,
    header_fields,
    target_bytes,
    content_bytes,
    header_timeout,
    idle_timeout,
    handler_timeout,
    stall_timeout,
    min_rate,
    requests_per_connection,
    user_downloads,
    bad_credentials,
};
inline constexpr std::size_t limit_count =
    static_cast<std::size_t>(limit_label::bad_credentials) + 1;
[[nodiscard]] std::string_view name_of(limit_label limit) noexcept;

} // namespace sluice::http
