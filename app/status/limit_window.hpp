#pragma once
// How often each limit was reached in the last minute: samples of the counters, a second apart. It
// counts nothing: http/telemetry/metrics.hpp does. Used by app/service/application, which samples,
// and app/status/status_handler.

#include "http/telemetry/metrics.hpp"

#include <boost/circular_buffer.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <span>

namespace sluice::app {

/// A number for each http::limit_label.
using limit_totals = std::array<std::uint64_t, http::limit_count>;

[[nodiscard]] limit_totals totals_of(std::span<const http::counters* const> all) noexcept;

class limit_window {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds length{60};

    /// Keeps `totals`, unless the last sample is less than a second old. Call it about once a
    /// second. Thread safe, like reached().
    void sample(time_point now, const limit_totals& totals) noexcept;
    /// What was added to `totals` in the last minute, or since the process began.
    [[nodiscard]] limit_totals reached(time_point now, const limit_totals& totals) const;

  private:
    struct entry {
        time_point at;
        limit_totals totals;
    };
    mutable std::mutex mutex_; // guards samples_
    // The oldest first; at most one is older than `length`. It has its memory from the start: the
    // main thread samples also when there is none.
    boost::circular_buffer<entry> samples_{length.count() + 2}; // at most one in a second
};

} // namespace sluice::app
