#include "http/connection/progress_watch.hpp"

#include <exception>
#include <utility>

namespace sluice::http {

using verdict = core::peer_pause::verdict;

std::optional<limit_label> progress_watch::judge(const core::peer_pulse& seen, time_point now,
                                                 const connection_gate::place& from) noexcept {
    if (!pause_) {
        if (now < deadline_->next()) {
            return std::nullopt;
        }
        if (!deadline_->is_stalled(now)) {
            return limit_label::min_rate;
        }
        try {
            return begin_pause(seen, now, from);
        } catch (const std::exception&) { // out of memory
            return limit_label::stall_timeout;
        }
    }
    switch (pause_->how.judge(seen, now)) {
    case verdict::gone:
        return limit_label::stall_timeout;
    case verdict::too_long:
        return limit_label::pause_timeout;
    case verdict::moves:
        end_pause(now);
        break;
    case verdict::goes_on:
        pause_->check_at = pause_->how.next_check(now);
        break;
    }
    return std::nullopt;
}

std::optional<limit_label> progress_watch::begin_pause(const core::peer_pulse& seen, time_point now,
                                                       const connection_gate::place& from) {
    if (!deadline_->allows_pause()) {
        return limit_label::stall_timeout;
    }
    core::peer_pause how(*deadline_, seen, now);
    switch (how.judge(seen, now)) {
    case verdict::gone:
        return limit_label::stall_timeout;
    case verdict::too_long: // earlier pauses have used up what the average rate allows
        return limit_label::pause_timeout;
    default:
        break;
    }
    auto place = from.pause();
    if (!place) {
        return limit_label::paused_connections;
    }
    pause_ = std::make_unique<pause>(pause{how, std::move(place), how.next_check(now)});
    return std::nullopt;
}

void progress_watch::end_pause(time_point now) noexcept {
    deadline_->end_pause(now);
    pause_.reset();
}

} // namespace sluice::http
