#include "core/download/rate_bucket.hpp"

#include <algorithm>

namespace sluice::core {

namespace {

using std::chrono::nanoseconds;

constexpr std::uint64_t microseconds_per_second = 1'000'000;
constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;

std::int64_t count_of(rate_bucket::time_point instant) noexcept {
    return std::chrono::duration_cast<nanoseconds>(instant.time_since_epoch()).count();
}

// The duration of `bytes` at `rate` in nanoseconds, without overflow: at most 2^23 whole seconds
// and a remainder below one second.
std::int64_t cost(std::uint64_t bytes, std::uint64_t rate) noexcept {
    const auto seconds = std::min<std::uint64_t>(bytes / rate, std::uint64_t{1} << 23U);
    // 2^40 bytes x 10^6 fit; the last three digits are below the resolution of any timer here.
    const auto rest = bytes % rate * microseconds_per_second / rate * 1000;
    return static_cast<std::int64_t>(seconds * nanoseconds_per_second + rest);
}

} // namespace

std::uint64_t rate_bucket::allowance(std::uint64_t rate, time_point now) const noexcept {
    const auto owed =
        std::max<std::int64_t>(full_at_.load(std::memory_order_relaxed) - count_of(now), 0);
    const auto credit = nanoseconds(window).count() - owed;
    if (credit < nanoseconds(least_step).count() / 2) {
        return 0;
    }
    const auto bytes = static_cast<std::uint64_t>(credit / 1000) * rate / microseconds_per_second;
    return std::max<std::uint64_t>(bytes, 1);
}

void rate_bucket::charge(std::uint64_t bytes, std::uint64_t rate, time_point now) noexcept {
    const auto instant = count_of(now);
    const auto price = cost(bytes, rate);
    auto before = full_at_.load(std::memory_order_relaxed);
    while (!full_at_.compare_exchange_weak(before, std::max(before, instant) + price,
                                           std::memory_order_relaxed)) {
    }
}

rate_bucket::time_point rate_bucket::ready_at() const noexcept {
    const nanoseconds full_at(full_at_.load(std::memory_order_relaxed));
    return time_point(
        std::chrono::duration_cast<time_point::duration>(full_at - window + least_step));
}

bool rate_bucket::is_full(time_point now) const noexcept {
    return full_at_.load(std::memory_order_relaxed) <= count_of(now);
}

} // namespace sluice::core
