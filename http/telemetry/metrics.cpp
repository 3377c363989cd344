#include "http/telemetry/metrics.hpp"

#include "http/telemetry/exposition.hpp"

#include <algorithm>

namespace sluice::http {

namespace {

struct plain_metric {
    std::string_view name;
    std::string_view type;
    std::string_view help;
    counter counters::*member;
};

constexpr std::array plain_metrics{
    plain_metric{"sluice_sent_bytes_total", "counter", "Bytes of responses handed to the kernel.",
                 &counters::bytes_sent},
    plain_metric{"sluice_bytes_delivered_total", "counter",
                 "Bytes of response bodies that the clients have acknowledged, counted when a "
                 "response has ended.",
                 &counters::bytes_delivered},
    plain_metric{"sluice_connections_accepted_total", "counter", "Connections accepted.",
                 &counters::connections_accepted},
    plain_metric{"sluice_connections_open", "gauge", "Open connections.",
                 &counters::connections_open},
    plain_metric{"sluice_requests_active", "gauge", "Requests in progress.",
                 &counters::requests_active},
    plain_metric{"sluice_transfers_cut_total", "counter",
                 "Responses cut by the server: the client was too slow, the file changed or could "
                 "not be read, the token was revoked, or the drain ended.",
                 &counters::transfers_cut},
    plain_metric{"sluice_transfers_revoked_total", "counter",
                 "Responses cut because their token was revoked.", &counters::transfers_revoked},
    plain_metric{
        "sluice_transfers_lost_total", "counter",
        "Responses whose client closed the connection before it had acknowledged their end.",
        &counters::transfers_lost},
    plain_metric{"sluice_tokens_issued_total", "counter", "Tokens issued.",
                 &counters::tokens_issued},
    plain_metric{"sluice_tokens_ahead_total", "counter",
                 "Tokens accepted although their iat or nbf is ahead of this node's clock, by at "
                 "most tokens.leeway.",
                 &counters::tokens_ahead},
    plain_metric{"sluice_resumes_after_expiry_total", "counter",
                 "Download requests accepted in the resume window of an expired token.",
                 &counters::resumes_after_expiry},
    plain_metric{"sluice_unknown_parameters_total", "counter",
                 "Unknown query parameters of token requests; they are ignored.",
                 &counters::unknown_parameters},
    plain_metric{"sluice_symlinks_refused_total", "counter",
                 "Media not served because their path contains a symbolic link.",
                 &counters::symlinks_refused},
    plain_metric{
        "sluice_accept_failures_total", "counter",
        "Failed attempts to accept a connection, including those without a free descriptor.",
        &counters::accept_failures},
    plain_metric{"sluice_media_read_failures_total", "counter",
                 "Transfers cut because the file could not be read, changed, or ended early.",
                 &counters::media_read_failures},
    plain_metric{"sluice_faults_total", "counter",
                 "Requests and connections that ended because of a fault in the server, including "
                 "exhausted memory.",
                 &counters::faults},
    plain_metric{"sluice_proxy_headers_refused_total", "counter",
                 "Connections closed because their PROXY protocol header was missing or invalid.",
                 &counters::proxy_headers_refused},
    plain_metric{"sluice_tls_handshakes_failed_total", "counter",
                 "TLS handshakes that failed or took too long.", &counters::tls_handshakes_failed},
    plain_metric{"sluice_tls_record_floods_total", "counter",
                 "TLS connections closed because they sent too many records without data.",
                 &counters::tls_record_floods},
    plain_metric{"sluice_access_log_dropped_total", "counter",
                 "Access log lines dropped because the log could not keep up.",
                 &counters::log_lines_dropped},
    plain_metric{"sluice_store_errors_total", "counter", "Failed queries for grants.",
                 &counters::store_errors},
    plain_metric{"sluice_file_cache_hits_total", "counter",
                 "Downloads of a file that was already open in the cache.",
                 &counters::file_cache_hits},
    plain_metric{"sluice_file_cache_misses_total", "counter", "Downloads that opened their file.",
                 &counters::file_cache_misses},
    plain_metric{"sluice_file_cache_stale_total", "counter",
                 "Downloads of a file in the cache that was not checked again, because its storage "
                 "does not answer.",
                 &counters::file_cache_stale},
};

constexpr unsigned microseconds = 6; // decimals of a second

using all_counters = std::span<const counters* const>;

template <class Pick>
std::uint64_t sum(all_counters all, Pick pick) {
    std::uint64_t total = 0;
    for (const auto* one : all) {
        total += pick(*one).value();
    }
    return total;
}

void append_responses(all_counters all, exposition& out) {
    out.family("sluice_responses_total", "counter", "Responses by route and class of status.");
    for (std::size_t route = 0; route < route_count; ++route) {
        for (std::size_t hundreds = 2; hundreds < 6; ++hundreds) {
            const auto status = std::to_string(hundreds) + "xx";
            const auto pick = [&](const counters& c) -> const counter& {
                return c.responses[route][hundreds];
            };
            out.sample({{"route", name_of(static_cast<route_label>(route))}, {"status", status}},
                       sum(all, pick));
        }
    }
}

void append_refusals(all_counters all, exposition& out) {
    out.family("sluice_refusals_total", "counter", "Rejected requests by problem type.");
    for (std::size_t i = 0; i < problem_count; ++i) {
        const auto pick = [&](const counters& c) -> const counter& { return c.refusals[i]; };
        out.sample({{"problem", describe(static_cast<problem_id>(i)).slug}}, sum(all, pick));
    }
}

void append_limits(all_counters all, exposition& out) {
    out.family("sluice_limits_reached_total", "counter",
               "Connections rejected or closed and requests rejected because a limit was reached, "
               "by the setting below limits.");
    for (std::size_t i = 0; i < limit_count; ++i) {
        const auto pick = [&](const counters& c) -> const counter& { return c.limits_reached[i]; };
        out.sample({{"limit", name_of(static_cast<limit_label>(i))}}, sum(all, pick));
    }
}

void append_connections(all_counters all, exposition& out) {
    out.family("sluice_connections", "gauge", "Connections by the event that they wait for.");
    const auto in_state = [&](connection_state state) {
        return sum(all, [&](const counters& c) -> const counter& {
            return c.connections[static_cast<std::size_t>(state)];
        });
    };
    for (std::size_t i = 0; i < connection_state_count; ++i) {
        const auto state = static_cast<connection_state>(i);
        out.sample({{"state", name_of(state)}}, in_state(state));
    }
    // Shows how evenly connections are distributed: each set of counters is of one thread, and
    // threads are few.
    out.family("sluice_thread_connections", "gauge", "Open connections by thread.");
    for (std::size_t i = 0; i < all.size(); ++i) {
        out.sample({{"thread", std::to_string(i)}}, all[i]->connections_open.value());
    }
    out.family("sluice_transfers_active", "gauge", "Responses that are not completely sent yet.");
    out.sample({}, in_state(connection_state::writing) + in_state(connection_state::throttled) +
                       in_state(connection_state::fetching));
}

void append_histograms(all_counters all, exposition& out) {
    out.family("sluice_store_duration_seconds", "histogram", "Duration of a query for grants.");
    out.histogram(
        {}, microseconds, all, [](const counters& c) -> auto& { return c.store_latency; });
    out.family("sluice_mint_duration_seconds", "histogram",
               "Time from the header of a token request to its token.");
    out.histogram(
        {}, microseconds, all, [](const counters& c) -> auto& { return c.mint_latency; });
    out.family("sluice_first_byte_duration_seconds", "histogram",
               "Time from the header of a download to the first byte of its response.");
    out.histogram(
        {}, microseconds, all, [](const counters& c) -> auto& { return c.download_latency; });
    out.family("sluice_transfer_duration_seconds", "histogram",
               "Time from the header of a download to the last byte of its response.");
    out.histogram(
        {}, microseconds, all, [](const counters& c) -> auto& { return c.transfer_duration; });
    out.family("sluice_transfer_bytes_per_second", "histogram",
               "Average rate of downloads of at least 256 KiB.");
    out.histogram(
        {}, 0, all, [](const counters& c) -> auto& { return c.transfer_rate; });
}

std::uint64_t count_of(std::chrono::microseconds time) noexcept {
    return static_cast<std::uint64_t>(time.count());
}

} // namespace

std::string_view name_of(route_label route) noexcept {
    constexpr std::array<std::string_view, route_count> names{
        "none", "token", "download", "health", "ready", "metrics", "web"};
    return names[static_cast<std::size_t>(route)];
}

std::string_view name_of(connection_state state) noexcept {
    constexpr std::array<std::string_view, connection_state_count> names{
        "idle", "reading", "suspended", "writing", "paused", "throttled", "fetching", "lingering"};
    return names[static_cast<std::size_t>(state)];
}

void count_response(const finished_response& over, counters& count) noexcept {
    count.bytes_sent.add(over.bytes);
    count.responses[static_cast<std::size_t>(over.route)][over.status / 100].add();
    if (over.route == route_label::token && over.status == 200) {
        count.mint_latency.observe(count_of(over.to_first_byte));
    } else if (over.route == route_label::download && (over.status == 200 || over.status == 206)) {
        const auto time = count_of(over.to_end);
        count.download_latency.observe(count_of(over.to_first_byte));
        count.transfer_duration.observe(time);
        if (over.bytes >= least_measured_transfer) {
            const auto milliseconds = std::max<std::uint64_t>(time / 1000, 1);
            count.transfer_rate.observe(over.bytes / milliseconds * 1000);
        }
    }
}

void append_metrics(std::span<const counters* const> all, std::string& text) {
    exposition out(text);
    append_responses(all, out);
    append_refusals(all, out);
    append_limits(all, out);
    append_connections(all, out);
    for (const auto& metric : plain_metrics) {
        out.family(metric.name, metric.type, metric.help);
        out.sample({},
                   sum(all, [&](const counters& c) -> const counter& { return c.*metric.member; }));
    }
    append_histograms(all, out);
}

} // namespace sluice::http
