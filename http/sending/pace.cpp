#include "http/sending/pace.hpp"

#include <algorithm>

namespace sluice::http {

std::uint64_t pace::allowance(const core::rate_bucket& connection, std::uint64_t most,
                              time_point now) const noexcept {
    if (rates_.connection != 0) {
        most = std::min(most, connection.allowance(rates_.connection, now));
    }
    if (rates_.user != 0) {
        most = std::min(
            {most, place_.of().bucket.allowance(rates_.user, now), own_.allowance(share(), now)});
    }
    return most;
}

void pace::charge(core::rate_bucket& connection, std::uint64_t bytes, time_point now) noexcept {
    if (bytes != 0) {
        place_.move(now);
    }
    if (rates_.connection != 0) {
        connection.charge(bytes, rates_.connection, now);
    }
    if (rates_.user != 0) {
        place_.of().bucket.charge(bytes, rates_.user, now);
        own_.charge(bytes, share(), now);
    }
}

std::uint64_t pace::share() const noexcept {
    const auto sharers = place_.of().downloads.load(std::memory_order_relaxed);
    return std::max<std::uint64_t>(rates_.user / std::max(sharers, 1U), 1);
}

pace::time_point pace::ready_at(const core::rate_bucket& connection) const noexcept {
    time_point ready{};
    if (rates_.connection != 0) {
        ready = connection.ready_at();
    }
    if (rates_.user != 0) {
        ready = std::max({ready, place_.of().bucket.ready_at(), own_.ready_at()});
    }
    return ready;
}

} // namespace sluice::http
