#pragma once
// Limits the rate of unwanted events (bad credentials) per peer, in memory of a fixed size.
// Identifies peers by core::peer_of, as the connection limits do. One for the process; thread safe.
// Used by http/exchange/bad_credentials.

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

    /// The approximate number of peers that are remembered; a further one replaces a peer with few
    /// recent events.
    static constexpr std::size_t capacity = 16384;

    peer_rates();

    /// Counts one event of `peer`. False when the peer has exceeded `rate`: so many events per
    /// second, and as many in one burst. REQUIRES: rate > 0.
    [[nodiscard]] bool take(const ip_address& peer, unsigned rate, time_point now) noexcept;

    /// True when take() would return false. Costs one load while every peer keeps to its rate.
    [[nodiscard]] bool is_over(const ip_address& peer, unsigned rate,
                               time_point now) const noexcept;

  private:
    struct slot {
        std::uint64_t peer = 0; // fingerprint; 0: free
        std::int64_t next = 0;  // when its full rate is available again, in ns (GCRA)
    };
    static constexpr std::size_t ways = 4; // slots that one peer may use

    [[nodiscard]] std::uint64_t fingerprint(const ip_address& peer) const noexcept;
    /// The first slot of `peer`.
    [[nodiscard]] slot* places_of(std::uint64_t peer) const noexcept;

    crypto::siphash_key key_;
    mutable std::mutex mutex_; // guards the slots, for a few instructions
    std::unique_ptr<slot[]> slots_;
    std::atomic<std::int64_t> busy_until_; // from this time on no peer exceeds its rate, in ns
};

} // namespace sluice::core
