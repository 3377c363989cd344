#include "core/download/transfer_deadline.hpp"

#include <algorithm>

namespace sluice::core {

namespace {

// The most credit that bytes can earn: longer than any transfer, and far below the overflow of
// nanoseconds.
constexpr std::chrono::seconds most_credit = std::chrono::years{50};

} // namespace

transfer_deadline::transfer_deadline(const transfer_limits& limits, time_point start) noexcept
    : limits_(limits), start_(start), last_progress_(start) {}

void transfer_deadline::add_progress(std::uint64_t bytes, time_point now) noexcept {
    if (bytes > 0) {
        sent_ += bytes;
        last_progress_ = now;
    }
}

void transfer_deadline::end_pause(time_point now) noexcept {
    const auto credit =
        std::min<time_point::duration>(now - last_progress_, limits_.pause - paused_);
    paused_ += credit;
    start_ += credit;
    last_progress_ = now;
}

transfer_deadline::time_point transfer_deadline::end_of_pause() const noexcept {
    return std::min(last_progress_ + limits_.pause, too_slow_at() + (limits_.pause - paused_));
}

transfer_deadline::time_point transfer_deadline::next() const noexcept {
    return std::min(last_progress_ + limits_.stall, too_slow_at());
}

transfer_deadline::time_point transfer_deadline::too_slow_at() const noexcept {
    if (limits_.min_bytes_per_second == 0) {
        return start_ + most_credit;
    }
    const auto most = static_cast<std::uint64_t>(most_credit.count());
    const auto earned = std::min(sent_ / limits_.min_bytes_per_second, most);
    const std::chrono::seconds credit{static_cast<std::chrono::seconds::rep>(earned)};
    return start_ + limits_.grace + credit;
}

} // namespace sluice::core
