#pragma once
// How fast one response may go: its connection's rate, and its user's, where there are such limits.
// A response that nothing limits has none of this.

#include "core/download/rate_bucket.hpp"
#include "http/sending/user_transfers.hpp"

#include <cstdint>

namespace sluice::http {

/// Bytes per second; 0: as fast as it goes.
struct transfer_rates {
    std::uint64_t connection = 0;
    std::uint64_t user = 0; // summed over the user's transfers on this node
};

class pace {
  public:
    using time_point = core::rate_bucket::time_point;

    pace(transfer_rates rates, user_transfers::place place) noexcept
        : rates_(rates), place_(std::move(place)) {}
    pace(const pace&) = delete;
    pace& operator=(const pace&) = delete;
    ~pace() = default;

    /// Bytes that may go at `now`, at most `most`; 0: not before ready_at(). Of what the user may
    /// have, each of several transfers takes an equal share: else the first to wake would have all.
    /// `connection` is the bucket of the connection, which outlives the response.
    [[nodiscard]] std::uint64_t allowance(const core::rate_bucket& connection, std::uint64_t most,
                                          time_point now) const noexcept;
    /// `bytes` have gone.
    void charge(core::rate_bucket& connection, std::uint64_t bytes, time_point now) noexcept;
    [[nodiscard]] time_point ready_at(const core::rate_bucket& connection) const noexcept;

  private:
    /// Of the user's rate.
    [[nodiscard]] std::uint64_t share() const noexcept;

    transfer_rates rates_;
    core::rate_bucket own_; // of the share
    user_transfers::place place_;
};

} // namespace sluice::http
