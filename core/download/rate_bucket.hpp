#pragma once
// A token bucket that limits the bytes of transfers to a rate. Its whole state is the instant at
// which it would be full again (the "virtual scheduling" of ATM's generic cell rate algorithm,
// ITU-T I.371). Computes with instants that the caller passes; not a timer, and it has no clock.
// The state is one atomic number, so that transfers on several threads can draw from one bucket,
// each at a rate of its own: they share its time, so that the faster of two rates is never
// exceeded. Used by http/sending/pace and http/sending/user_transfers.

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sluice::core {

class rate_bucket {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    /// The capacity of the bucket, as time at the rate: the largest burst. Twice the largest delay
    /// of the deadline wheel, so that no credit is lost while a transfer sleeps.
    static constexpr std::chrono::milliseconds window{500};
    /// A sleeping transfer wakes when it has this much credit: fewer, larger steps.
    static constexpr std::chrono::milliseconds least_step{100};

    /// The bytes that may be sent at `now`; 0 while that is less than half a step. `rate` is bytes
    /// per second, 1 to 2^40.
    [[nodiscard]] std::uint64_t allowance(std::uint64_t rate, time_point now) const noexcept;

    /// Records that `bytes` have been sent. They may exceed the allowance; the next step then waits
    /// longer.
    void charge(std::uint64_t bytes, std::uint64_t rate, time_point now) noexcept;

    /// The instant at which a step may be sent if nothing else is sent before.
    [[nodiscard]] time_point ready_at() const noexcept;

    /// True when the bucket is full, as a new one is.
    [[nodiscard]] bool is_full(time_point now) const noexcept;

  private:
    std::atomic<std::int64_t> full_at_{0}; // nanoseconds of the steady clock
};

} // namespace sluice::core
