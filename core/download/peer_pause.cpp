#include "core/download/peer_pause.hpp"

#include <algorithm>

namespace sluice::core {

namespace {

// True when the peer has taken bytes at the least rate of a transfer since the last progress. With
// less it still pauses, because it could hold the connection for hours with a byte now and then.
bool is_moving(std::uint64_t taken, const transfer_limits& limits,
               peer_pause::time_point::duration time) noexcept {
    const auto seconds = std::chrono::duration<double>(time).count();
    const auto least = std::max<std::uint64_t>(limits.min_bytes_per_second, 1);
    return static_cast<double>(taken) >= static_cast<double>(least) * seconds;
}

} // namespace

peer_pause::peer_pause(const transfer_deadline& late, const peer_pulse& first,
                       time_point now) noexcept
    : limits_(late.limits()), since_(late.last_progress()), end_(late.end_of_pause()),
      heard_(first.owes_response ? std::max(since_, now - first.since_response) : now),
      queued_(first.queued) {}

peer_pause::verdict peer_pause::judge(const peer_pulse& seen, time_point now) noexcept {
    heard_ = seen.owes_response ? std::max(heard_, now - seen.since_response) : now;
    if (now - heard_ >= limits_.stall) {
        return verdict::gone;
    }
    if (seen.queued < queued_ && is_moving(queued_ - seen.queued, limits_, now - since_)) {
        return verdict::moves;
    }
    return now >= end_ ? verdict::too_long : verdict::goes_on;
}

peer_pause::time_point peer_pause::next_check(time_point now) const noexcept {
    return std::min(end_, now + std::min(interval, limits_.stall));
}

} // namespace sluice::core
