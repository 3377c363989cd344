#include "http/problem/limit_label.hpp"

#include <array>

namespace sluice::http {

std::string_view name_of(limit_label limit) noexcept {
    constexpr std::array<std::string_view, limit_count> names{
        "connections",     "connections_per_peer",    "header_bytes",   "header_fields",
        "target_bytes",    "content_bytes",           "header_timeout", "idle_timeout",
        "handler_timeout", "stall_timeout",           "pause_timeout",  "paused_connections",
        "min_rate",        "requests_per_connection", "user_downloads", "takeover_after",
        "bad_credentials"};
    return names[static_cast<std::size_t>(limit)];
}

} // namespace sluice::http
