#pragma once
// How often each peer does something that is not wanted of it: a rate for each, in memory of a
// fixed size. Knows peers by core::peer_of, as connections are counted. One for the process; thread
// safe.

#include "core/address/ip_address.hpp"
#include "crypto/siphash.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

namespace sluice::core {

class peer_rates {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Peers that are remembered, about: one more takes the place of one that did little lately.
    static constexpr std::size_t capacity = 16384;

    peer_rates();

    /// Counts one more of `peer`. False when it has used up its `rate`: so many in a second, and
    /// as many at once. REQUIRES: rate > 0.
    [[nodiscard]] bool take(const ip_address& peer, unsigned rate, time_point now) noexcept;

    /// Whether take() would say no. Costs a load while every peer keeps to its rate.
    [[nodiscard]] bool is_over(const ip_address& peer, unsigned rate,
                               time_point now) const noexcept;

  private:
    struct slot {
        std::uint64_t peer = 0; // fingerprint; 0: free
        std::int64_t next = 0;  // when all of its rate is there again, in ns (GCRA)
    };
    static constexpr std::size_t ways = 4; // places that one peer may have

    [[nodiscard]] std::uint64_t fingerprint(const ip_address& peer) const noexcept;
    /// The first of the places of `peer`.
    [[nodiscard]] slot* places_of(std::uint64_t peer) const noexcept;

    crypto::siphash_key key_;
    mutable std::mutex mutex_; // guards the slots, for a few instructions
    std::unique_ptr<slot[]> slots_;
    std::atomic<std::int64_t> busy_until_; // no peer is over its rate from then on, in ns
};

} // namespace sluice::core
