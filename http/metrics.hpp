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
enum class route_label : std::uint8_t { none, token, download, health, ready, metrics };
inline constexpr std::size_t route_count = 6;
[[nodiscard]] std::string_view name_of(route_label route) noexcept;

/// One worker's counters. Gauges are counters that also go down.
struct counters {
    std::array<std::array<counter, 6>, route_count> responses; // by route and status / 100
    std::array<counter, problem_count> refusals;
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
};

/// Appends the exposition of the sum of `all`.
void append_metrics(std::span<const counters* const> all, std::string& out);

} // namespace sluice::http
