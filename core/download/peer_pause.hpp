#pragma once
// A pause of a peer that has stopped taking bytes but still responds: how long it may last, and
// whether the peer is gone meanwhile (docs/decisions/0038-a-pause-is-not-a-death.md). Computes with
// observations and instants that the caller passes; it has no socket and no clock. Used by
// http/connection/progress_watch.

#include "core/download/transfer_deadline.hpp"

#include <chrono>
#include <cstdint>

namespace sluice::core {

/// What the kernel knows of a peer.
struct peer_pulse {
    /// Bytes or window probes were sent at least twice in a row and the peer's kernel has not
    /// responded. Always false for a peer without acknowledgements (a unix socket).
    bool owes_response = false;
    std::chrono::milliseconds since_response{0}; // since the last acknowledgement
    std::uint64_t queued = 0;                    // bytes sent and not acknowledged
};

class peer_pause {
  public:
    using time_point = transfer_deadline::time_point;

    enum class verdict {
        goes_on,
        moves,    // the peer takes bytes again: the pause is over
        gone,     // the peer has not responded for limits.stall
        too_long, // end_of_pause() has passed
    };

    /// Begins a pause of the transfer `late`, whose next() has passed: `first` is seen at `now`.
    peer_pause(const transfer_deadline& late, const peer_pulse& first, time_point now) noexcept;

    /// Judges the pause by what is seen at `now`.
    [[nodiscard]] verdict judge(const peer_pulse& seen, time_point now) noexcept;

    /// The instant of the next check.
    [[nodiscard]] time_point next_check(time_point now) const noexcept;

  private:
    /// The time between two checks: two system calls for each connection that pauses.
    static constexpr std::chrono::seconds interval{2};

    transfer_limits limits_;
    time_point since_;     // the last progress
    time_point end_;       // of the pause, in any case
    time_point heard_;     // the last instant at which the peer owed no response
    std::uint64_t queued_; // when the pause was first seen
};

} // namespace sluice::core
