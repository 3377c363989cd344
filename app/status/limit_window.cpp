#include "app/status/limit_window.hpp"

#include <cstddef>

namespace sluice::app {

limit_totals totals_of(std::span<const http::counters* const> all) noexcept {
    limit_totals sum{};
    for (const auto* const one : all) {
        for (std::size_t i = 0; i < sum.size(); ++i) {
            sum[i] += one->limits_reached[i].value();
        }
    }
    return sum;
}

void limit_window::sample(time_point now, const limit_totals& totals) noexcept {
    const std::lock_guard lock(mutex_);
    if (!samples_.empty() && now - samples_.back().at < std::chrono::seconds(1)) {
        return;
    }
    samples_.push_back({now, totals});
    while (samples_.size() > 1 && now - samples_[1].at >= length) {
        samples_.pop_front();
    }
}

limit_totals limit_window::reached(time_point now, const limit_totals& totals) const {
    limit_totals base{};
    {
        const std::lock_guard lock(mutex_);
        for (const auto& one : samples_) {
            if (now - one.at < length) {
                break;
            }
            base = one.totals;
        }
    }
    limit_totals added{};
    for (std::size_t i = 0; i < added.size(); ++i) {
        added[i] = totals[i] - base[i];
    }
    return added;
}

} // namespace sluice::app
