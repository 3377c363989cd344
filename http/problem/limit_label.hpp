#pragma once
// The names of the limits that a request or a connection can reach, for the counters and the log.
// Not the values of the limits: core::config has them. Used by the parser, the gate and the
// session; counted by http/telemetry/metrics.hpp.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http {

/// The label "limit": the setting in core::config::limits_section that was reached.
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
    pause_timeout,
    paused_connections,
    min_rate,
    requests_per_connection,
    user_downloads,
    takeover_after,
    bad_credentials,
};
inline constexpr std::size_t limit_count =
    static_cast<std::size_t>(limit_label::bad_credentials) + 1;
[[nodiscard]] std::string_view name_of(limit_label limit) noexcept;

} // namespace sluice::http
