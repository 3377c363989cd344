#pragma once
// Counters in the Prometheus text format. Each worker has its own set, written by its thread alone,
// so the hot path pays a plain add; a scrape sums them. Labels are routes, status classes and
// problems: never an id, a path or a user.

#include "http/problem.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::http {

/// Written by one thread, read by any.
class counter {
  public:
    void add(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t value() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

  private:
    std::atomic<std::uint64_t> value_{0};
};

/// The label "route". `none` stands for requests that no route answered.
enum class route_label : std::uint8_t { none, token, download, health, ready, metrics, web };
inline constexpr std::size_t route_count = 7;
[[nodiscard]] std::string_view name_of(route_label route) noexcept;

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
    stall_timeout,
    min_rate,
    requests_per_connection,
};
inline constexpr std::size_t limit_count =
    static_cast<std::size_t>(limit_label::requests_per_connection) + 1;
[[nodiscard]] std::string_view name_of(limit_label limit) noexcept;

/// One worker's counters. Gauges are counters that also go down.
struct counters {
    std::array<std::array<counter, 6>, route_count> responses; // by route and status / 100
    std::array<counter, problem_count> refusals;
    std::array<counter, limit_count> limits_reached;
    counter bytes_sent;
    counter connections_accepted;
    counter connections_open;
    counter requests_active;
    counter transfers_cut;  // the file ended early, or the peer was too slow
    counter transfers_lost; // the peer went away
    counter tokens_issued;
    counter symlinks_refused;
    counter unknown_parameters;
    counter accept_failures;
    counter log_lines_dropped;

    void add_limit(limit_label which) noexcept {
        limits_reached[static_cast<std::size_t>(which)].add();
    }
};

/// Appends the exposition of the sum of `all`.
void append_metrics(std::span<const counters* const> all, std::string& out);

} // namespace sluice::http
