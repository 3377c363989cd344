#pragma once
// Limits the speed of one response to the rate of its connection and of its user, where such limits
// are set. A response without a limit has no pace. Sends nothing and waits for nothing: the session
// does. Used by http/sending/response.hpp; made by http/handlers/download_handler.hpp.

#include "core/download/rate_bucket.hpp"
#include "http/sending/user_transfers.hpp"

#include <cstdint>

namespace sluice::http {

/// Bytes per second; 0: unlimited.
struct transfer_rates {
    std::uint64_t connection = 0;
    std::uint64_t user = 0; // for all transfers of the user on this node
};

class pace {
  public:
    using time_point = core::rate_bucket::time_point;

    pace(transfer_rates rates, user_transfers::place place) noexcept
        : rates_(rates), place_(std::move(place)) {}
    pace(const pace&) = delete;
    pace& operator=(const pace&) = delete;
    ~pace() = default;

    /// Bytes that may be sent at `now`, at most `most`; 0: none before ready_at(). Several
    /// transfers of a user share the rate equally: otherwise the first to wake would take all of
    /// it. `connection` is the bucket of the connection, which outlives the response.
    [[nodiscard]] std::uint64_t allowance(const core::rate_bucket& connection, std::uint64_t most,
                                          time_point now) const noexcept;
    /// Counts `bytes` that were sent.
    void charge(core::rate_bucket& connection, std::uint64_t bytes, time_point now) noexcept;
    /// True when another download of the user has taken the place of this one.
    [[nodiscard]] bool is_displaced() const noexcept { return place_.is_displaced(); }
    [[nodiscard]] time_point ready_at(const core::rate_bucket& connection) const noexcept;

  private:
    /// The transfer's share of the user's rate.
    [[nodiscard]] std::uint64_t share() const noexcept;

    transfer_rates rates_;
    core::rate_bucket own_; // the bucket of the share
    user_transfers::place place_;
};

} // namespace sluice::http
