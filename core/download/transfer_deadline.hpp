#pragma once
// The deadline of a transfer: it closes transfers to clients that stopped reading, or that read so
// slowly that they only occupy a slot (docs/security.md, threat 42). Computes with instants that
// the caller passes; not a timer, and it has no clock. Used by http/connection/session_base.hpp,
// after each write.

#include <chrono>
#include <cstdint>

namespace sluice::core {

/// The minimum progress of a client. All values are finite and non-negative.
struct transfer_limits {
    std::chrono::seconds stall{60};           // longest pause between two bytes
    std::uint64_t min_bytes_per_second = 512; // on average since the start; 0: no minimum
    std::chrono::seconds grace{60};           // credit on that average: mobile networks pause
    std::chrono::seconds pause{600};          // longest pause of a peer that responds; 0: none
};

class transfer_deadline {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    transfer_deadline(const transfer_limits& limits, time_point start) noexcept;

    /// Records that the peer took `bytes` more. Zero bytes are no progress and change nothing.
    void add_progress(std::uint64_t bytes, time_point now) noexcept;

    /// Records that this side did not send for `time`: the peer owes no progress for it.
    void add_pause(time_point::duration time) noexcept {
        start_ += time;
        last_progress_ += time;
    }

    /// Ends a pause that began with the last progress: the peer takes bytes again. The time counts
    /// as limits.pause says: in total no more than that is taken off the average rate. Otherwise a
    /// peer could hold a transfer for ever with a byte between two pauses.
    void end_pause(time_point now) noexcept;

    /// The instant at which a pause that began with the last progress ends in any case: when it is
    /// longer than limits.pause, or when the average rate allows no further one.
    [[nodiscard]] time_point end_of_pause() const noexcept;

    /// True when a peer that responds may pause for longer than a stall.
    [[nodiscard]] bool allows_pause() const noexcept { return limits_.pause > limits_.stall; }

    [[nodiscard]] time_point last_progress() const noexcept { return last_progress_; }
    [[nodiscard]] const transfer_limits& limits() const noexcept { return limits_; }

    /// The instant at which the transfer is closed unless there is progress before: the earlier of
    /// last progress + stall, and start + grace + the time that all bytes so far take at the
    /// minimum rate (whole seconds, rounded down).
    [[nodiscard]] time_point next() const noexcept;

    /// For a transfer whose next() has passed: whether it made no progress, or was too slow on
    /// average.
    [[nodiscard]] bool is_stalled(time_point now) const noexcept {
        return now >= last_progress_ + limits_.stall;
    }

  private:
    /// The instant at which the transfer falls below the average rate.
    [[nodiscard]] time_point too_slow_at() const noexcept;

    transfer_limits limits_;
    time_point start_;
    time_point last_progress_;
    std::uint64_t sent_ = 0;        // bytes
    time_point::duration paused_{}; // of the peer's pauses, the part that the average rate ignores
};

} // namespace sluice::core
