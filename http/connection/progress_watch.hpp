#pragma once
// Whether the peer of one connection takes the bytes that are sent to it, and how long this side
// waits for a peer that takes none: a dead one is cut after limits.stall_timeout, one that pauses
// may stay for limits.pause_timeout while there is room
// (docs/decisions/0038-a-pause-is-not-a-death.md). It asks no socket and has no timer: the session
// has both. Used by http/connection/session_base.hpp.

#include "core/download/peer_pause.hpp"
#include "core/download/transfer_deadline.hpp"
#include "http/connection/connection_gate.hpp"
#include "http/problem/limit_label.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace sluice::http {

class progress_watch {
  public:
    using time_point = core::transfer_deadline::time_point;

    /// From `since` on, the peer must make progress. Ends a pause.
    void start(const core::transfer_limits& limits, time_point since) noexcept {
        if (pause_) {
            pause_.reset();
        }
        deadline_.emplace(limits, since);
    }

    // REQUIRES: start(), like all that follow.
    /// The peer took `bytes` more.
    void add_progress(std::uint64_t bytes, time_point now) noexcept {
        deadline_->add_progress(bytes, now);
    }
    /// This side did not send for `time`.
    void excuse(time_point::duration time) noexcept { deadline_->add_pause(time); }
    /// Ends the peer's pause, if there is one: it takes bytes again.
    void resume(time_point now) noexcept {
        if (pause_) {
            end_pause(now);
        }
    }

    [[nodiscard]] bool is_paused() const noexcept { return pause_ != nullptr; }
    /// The instant at which judge() must be called next.
    [[nodiscard]] time_point next() const noexcept {
        return pause_ ? pause_->check_at : deadline_->next();
    }

    /// Judges a transfer by what is seen of its peer at `now`: the limit that cuts it; empty when
    /// it goes on, paused or not. A pause takes its place from the one of the connection.
    [[nodiscard]] std::optional<limit_label> judge(const core::peer_pulse& seen, time_point now,
                                                   const connection_gate::place& from) noexcept;

  private:
    struct pause {
        core::peer_pause how;
        connection_gate::pause place;
        time_point check_at; // the next one
    };

    [[nodiscard]] std::optional<limit_label>
    begin_pause(const core::peer_pulse& seen, time_point now, const connection_gate::place& from);
    void end_pause(time_point now) noexcept;

    std::optional<core::transfer_deadline> deadline_;
    std::unique_ptr<pause> pause_; // null: the peer does not pause
};

} // namespace sluice::http
