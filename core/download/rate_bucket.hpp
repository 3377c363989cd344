#pragma once
// How many bytes may go now so that a rate is kept: a token bucket in the form of one instant, the
// one at which it would be full again (the "virtual scheduling" of ATM's generic cell rate
// algorithm, ITU-T I.371). Arithmetic on instants that are handed in; not a timer, and no clock
// inside. One atomic number, so that transfers on several threads may draw from one bucket, each at
// a rate of its own: they share its time, so that the faster of two rates is never exceeded.

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sluice::core {

class rate_bucket {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    /// What a full bucket holds, as time at the rate: the most that goes in one burst. Twice what
    /// the deadline wheel may be late, so that no credit is lost while a transfer sleeps.
    static constexpr std::chrono::milliseconds window{500};
    /// A transfer that sleeps wakes with this much: fewer, larger steps.
    static constexpr std::chrono::milliseconds least_step{100};

    /// Bytes that may go at `now`; 0 as long as it would be less than half a step. `rate` is bytes
    /// per second, 1 to 2^40.
    [[nodiscard]] std::uint64_t allowance(std::uint64_t rate, time_point now) const noexcept;

    /// `bytes` have gone; may be more than was allowed, which is then waited for.
    void charge(std::uint64_t bytes, std::uint64_t rate, time_point now) noexcept;

    /// When a step may go, if nothing else goes meanwhile.
    [[nodiscard]] time_point ready_at() const noexcept;

    /// Nothing is owed: it is as good as new.
    [[nodiscard]] bool is_full(time_point now) const noexcept;

  private:
    std::atomic<std::int64_t> full_at_{0}; // nanoseconds of the steady clock
};

} // namespace sluice::core
