#pragma once
// The metrics of the service, and their text for Prometheus. Each worker has its own set, written
// by its thread only, so that counting on the hot path is a plain addition; a scrape sums the sets.
// Labels are routes, status classes, problems and states, never an id, a path or a user. The
// metrics of the process and of the keys are not here: app adds them. Used by the sessions, the
// handlers and app/log/service_log.hpp.

#include "http/problem/limit_label.hpp"
#include "http/problem/problem.hpp"
#include "http/telemetry/counter.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

/// The label "route". `none` is for requests without a route.
enum class route_label : std::uint8_t { none, token, download, health, ready, metrics, web };
inline constexpr std::size_t route_count = 7;
[[nodiscard]] std::string_view name_of(route_label route) noexcept;

/// The label "state": the event that a connection waits for. A connection keeps its state while its
/// thread runs it, so a request that gets its response at once never leaves `idle` and costs
/// nothing here.
enum class connection_state : std::uint8_t {
    idle,      // the next request, or the first
    reading,   // the rest of a request
    suspended, // the handler's response
    writing,   // the peer to accept more of the response
    paused,    // likewise, for longer than limits.stall_timeout; the peer still responds
    throttled, // the rate to allow more of the response
    fetching,  // the storage to read more of the response
    lingering, // the peer to close
};
inline constexpr std::size_t connection_state_count = 8;
[[nodiscard]] std::string_view name_of(connection_state state) noexcept;

/// Microseconds: 64 us to 4.2 s in steps of two, for short operations.
using latency_histogram = histogram<6, 1, 17>;
/// Microseconds: 1 ms to 4.8 h in steps of four, for transfers.
using duration_histogram = histogram<10, 2, 13>;
/// Bytes per second: 4 KiB/s to 4 GiB/s in steps of four.
using rate_histogram = histogram<12, 2, 11>;

/// Responses with fewer bytes are not measured: they fit into the socket's buffer, so their rate
/// does not show the throughput.
inline constexpr std::uint64_t least_measured_transfer = std::uint64_t{256} * 1024;

/// The counters of one thread. Gauges are counters that also decrease.
struct counters {
    std::array<std::array<counter, 6>, route_count> responses; // by route and status / 100
    std::array<counter, problem_count> refusals;
    std::array<counter, limit_count> limits_reached;
    std::array<counter, connection_state_count> connections;
    counter bytes_sent;
    counter bytes_delivered; // of bodies, acknowledged
    counter connections_accepted;
    counter connections_open;
    counter connections_new; // part of the open ones: no request yet. Not a metric
    counter requests_active;
    counter transfers_cut;     // the file ended early, or the peer was too slow
    counter transfers_lost;    // the peer disconnected
    counter transfers_revoked; // part of the cut ones: by a revocation
    counter tokens_issued;
    counter tokens_ahead;         // accepted within tokens.leeway, session tokens included
    counter resumes_after_expiry; // requests that only a resume window admitted
    counter symlinks_refused;
    counter unknown_parameters;
    counter accept_failures;
    counter media_read_failures; // during a transfer
    counter faults;              // exceptions: out of memory, or a defect
    counter proxy_headers_refused;
    counter tls_handshakes_failed;
    counter tls_record_floods; // connections closed: their records brought no data
    counter log_lines_dropped;
    counter file_cache_hits;
    counter file_cache_misses;
    counter file_cache_stale; // an expired entry was used: its device is away
    counter store_errors;
    latency_histogram store_latency;
    latency_histogram mint_latency;       // request header to response, of issued tokens
    latency_histogram download_latency;   // request header to first byte, of 200 and 206
    duration_histogram transfer_duration; // request header to last byte, of 200 and 206
    rate_histogram transfer_rate;         // of transfers of at least least_measured_transfer

    void add_store_read(std::chrono::steady_clock::duration took, bool failed) noexcept {
        const auto time = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
        store_latency.observe(static_cast<std::uint64_t>(time));
        store_errors.add(failed ? 1 : 0);
    }
    void add_limit(limit_label which) noexcept {
        limits_reached[static_cast<std::size_t>(which)].add();
    }
};

/// A completed response, as recorded in the histograms.
struct finished_response {
    route_label route = route_label::none;
    unsigned status = 0;
    std::uint64_t bytes = 0;                   // sent, header included
    std::uint64_t header_bytes = 0;            // of those
    std::chrono::microseconds to_first_byte{}; // both from the end of the request's header
    std::chrono::microseconds to_end{};
};

/// Counts the response in its families, except those of connections and requests under way.
void count_response(const finished_response& over, counters& count) noexcept;

/// Appends the exposition of the sum of `all`.
void append_metrics(std::span<const counters* const> all, std::string& out);

} // namespace sluice::http
