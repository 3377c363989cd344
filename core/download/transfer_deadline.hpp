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
    transfer_limits limits_;
    time_point start_;
    time_point last_progress_;
    std::uint64_t sent_ = 0; // bytes
};

} // namespace sluice::core
