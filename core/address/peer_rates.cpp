#include "core/address/peer_rates.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

namespace sluice::core {

namespace {

constexpr std::int64_t second = 1'000'000'000; // nanoseconds

std::int64_t instant_of(peer_rates::time_point now) noexcept {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
}

/// The longest time by which `next` may be ahead of now while one more is allowed.
std::int64_t tolerance(unsigned rate) noexcept {
    return second - second / rate;
}

} // namespace

peer_rates::peer_rates()
    : key_(crypto::random_siphash_key()), slots_(std::make_unique<slot[]>(capacity)),
      busy_until_(std::numeric_limits<std::int64_t>::min()) {}

std::uint64_t peer_rates::fingerprint(const ip_address& peer) const noexcept {
    const auto whole = peer_of(peer);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    const std::string_view bytes(reinterpret_cast<const char*>(&whole), sizeof whole);
    return std::max<std::uint64_t>(crypto::siphash(key_, bytes), 1);
}

peer_rates::slot* peer_rates::places_of(std::uint64_t peer) const noexcept {
    return slots_.get() + (peer % (capacity / ways)) * ways;
}

bool peer_rates::take(const ip_address& peer, unsigned rate, time_point now) noexcept {
    const auto instant = instant_of(now);
    const auto wanted = fingerprint(peer);
    const std::scoped_lock lock(mutex_);
    auto* const first = places_of(wanted);
    auto* found =
        std::find_if(first, first + ways, [&](const auto& s) { return s.peer == wanted; });
    if (found == first + ways) {
        found = std::min_element(first, first + ways, [](const auto& a, const auto& b) {
            return a.next < b.next; // a free slot compares lowest
        });
        *found = {.peer = wanted, .next = instant};
    }
    if (found->next - instant > tolerance(rate)) {
        return false;
    }
    found->next = std::max(found->next, instant) + second / rate;
    busy_until_.store(
        std::max(busy_until_.load(std::memory_order_relaxed), found->next - tolerance(rate)),
        std::memory_order_relaxed);
    return true;
}

bool peer_rates::is_over(const ip_address& peer, unsigned rate, time_point now) const noexcept {
    const auto instant = instant_of(now);
    if (instant >= busy_until_.load(std::memory_order_relaxed)) {
        return false;
    }
    const auto wanted = fingerprint(peer);
    const std::scoped_lock lock(mutex_);
    const auto* const first = places_of(wanted);
    const auto* const found =
        std::find_if(first, first + ways, [&](const auto& s) { return s.peer == wanted; });
    return found != first + ways && found->next - instant > tolerance(rate);
}

} // namespace sluice::core
