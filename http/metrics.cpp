#include "http/metrics.hpp"

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
    plain_metric{"sluice_connections_accepted_total", "counter", "Connections accepted.",
                 &counters::connections_accepted},
    plain_metric{"sluice_connections_open", "gauge", "Connections open now.",
                 &counters::connections_open},
    plain_metric{"sluice_requests_active", "gauge", "Requests being answered now.",
                 &counters::requests_active},
    plain_metric{"sluice_transfers_cut_total", "counter",
                 "Responses cut because the file ended early or the client was too slow.",
                 &counters::transfers_cut},
    plain_metric{"sluice_transfers_lost_total", "counter",
                 "Responses that the client did not wait for.", &counters::transfers_lost},
    plain_metric{"sluice_tokens_issued_total", "counter", "Tokens issued.",
                 &counters::tokens_issued},
    plain_metric{"sluice_unknown_parameters_total", "counter",
                 "Query parameters that the token endpoint does not know.",
                 &counters::unknown_parameters},
    plain_metric{"sluice_symlinks_refused_total", "counter",
                 "Media not served because a symbolic link was in its path.",
                 &counters::symlinks_refused},
    plain_metric{"sluice_accept_failures_total", "counter",
                 "Times that accepting a connection failed, descriptors running out included.",
                 &counters::accept_failures},
    plain_metric{"sluice_access_log_dropped_total", "counter",
                 "Access log lines dropped because the log could not keep up.",
                 &counters::log_lines_dropped},
};

void append_head(std::string_view name, std::string_view type, std::string_view help,
                 std::string& out) {
    out.append("# HELP ").append(name).append(" ").append(help);
    out.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void append_value(std::uint64_t value, std::string& out) {
    out.append(" ").append(std::to_string(value)).append("\n");
}

template <class Pick>
std::uint64_t sum(std::span<const counters* const> all, Pick pick) {
    std::uint64_t total = 0;
    for (const auto* one : all) {
        total += pick(*one).value();
    }
    return total;
}

void append_responses(std::span<const counters* const> all, std::string& out) {
    constexpr std::string_view name = "sluice_responses_total";
    append_head(name, "counter", "Responses by route and status class.", out);
    for (std::size_t route = 0; route < route_count; ++route) {
        for (std::size_t hundreds = 2; hundreds < 6; ++hundreds) {
            out.append(name).append("{route=\"");
            out.append(name_of(static_cast<route_label>(route))).append("\",status=\"");
            out.append(std::to_string(hundreds)).append("xx\"}");
            append_value(sum(all,
                             [&](const counters& c) -> const counter& {
                                 return c.responses[route][hundreds];
                             }),
                         out);
        }
    }
}

void append_refusals(std::span<const counters* const> all, std::string& out) {
    constexpr std::string_view name = "sluice_refusals_total";
    append_head(name, "counter", "Refusals by problem type.", out);
    for (std::size_t i = 0; i < problem_count; ++i) {
        out.append(name).append("{problem=\"");
        out.append(describe(static_cast<problem_id>(i)).slug).append("\"}");
        append_value(sum(all, [&](const counters& c) -> const counter& { return c.refusals[i]; }),
                     out);
    }
}

void append_limits(std::span<const counters* const> all, std::string& out) {
    constexpr std::string_view name = "sluice_limits_reached_total";
    append_head(name, "counter",
                "Connections refused, requests refused and connections closed at a limit, by the "
                "setting below limits.",
                out);
    for (std::size_t i = 0; i < limit_count; ++i) {
        out.append(name).append("{limit=\"");
        out.append(name_of(static_cast<limit_label>(i))).append("\"}");
        append_value(
            sum(all, [&](const counters& c) -> const counter& { return c.limits_reached[i]; }),
            out);
    }
}

} // namespace

std::string_view name_of(limit_label limit) noexcept {
    constexpr std::array<std::string_view, limit_count> names{
        "connections",    "connections_per_peer",   "header_bytes",
        "header_fields",  "target_bytes",           "content_bytes",
        "header_timeout", "idle_timeout",           "stall_timeout",
        "min_rate",       "requests_per_connection"};
    return names[static_cast<std::size_t>(limit)];
}

std::string_view name_of(route_label route) noexcept {
    constexpr std::array<std::string_view, route_count> names{"none",   "token", "download",
                                                              "health", "ready", "metrics", "web"};
    return names[static_cast<std::size_t>(route)];
}

void append_metrics(std::span<const counters* const> all, std::string& out) {
    append_responses(all, out);
    append_refusals(all, out);
    append_limits(all, out);
    for (const auto& metric : plain_metrics) {
        append_head(metric.name, metric.type, metric.help, out);
        out += metric.name;
        append_value(
            sum(all, [&](const counters& c) -> const counter& { return c.*metric.member; }), out);
    }
}

} // namespace sluice::http
