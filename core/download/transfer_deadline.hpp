#pragma once
// When a transfer is to be cut: a client that stopped reading, or one that reads so slowly that it
// only holds a slot (docs/security.md, threat 42). Arithmetic on instants that are handed in; not a
// timer, and no clock inside. The connection that sends asks it after each write.

#include <chrono>
#include <cstdint>

namespace sluice::core {

/// What a client has to keep up with. All finite and non-negative.
struct transfer_limits {
    std::chrono::seconds stall{60};           // longest pause between two bytes
    std::uint64_t min_bytes_per_second = 512; // on average since the start; 0 asks for none
    std::chrono::seconds grace{60};           // credit on that average: mobile networks pause
};

class transfer_deadline {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    transfer_deadline(const transfer_limits& limits, time_point start) noexcept;

    /// The peer took `bytes` more. None is no progress and moves nothing.
    void add_progress(std::uint64_t bytes, time_point now) noexcept;

    /// For `time` it was us who did not send: the peer owes no progress for that.
    void add_pause(time_point::duration time) noexcept {
        start_ += time;
        last_progress_ += time;
    }

    /// The transfer is to be cut at this instant unless there is progress before: the earlier of
    /// last progress + stall, and start + grace + the time that all bytes so far are worth at the
    /// minimum rate (whole seconds, rounded down).
    [[nodiscard]] time_point next() const noexcept;

    /// Of a transfer whose next() has come: whether it stood still, or was too slow on average.
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
