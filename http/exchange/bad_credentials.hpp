#pragma once
// What bad credentials cost the peer that sends them: beyond limits.bad_credentials a second they
// are answered 429, and session tokens are not verified for it (docs/security.md, threat 55). Asked
// when a credential has been found bad, so that good ones pay nothing.

#include "core/address/peer_rates.hpp"
#include "core/base/error.hpp"
#include "http/exchange/exchange.hpp"

#include <utility>
#include <vector>

namespace sluice::http {

class bad_credentials {
  public:
    struct settings {
        unsigned rate = 100; // from one peer, in a second and at once
        /// Addresses that stand for many clients: the bad ones of one are not counted against the
        /// others.
        std::vector<core::address_block> uncounted;
    };

    /// `rates` outlives this; it is the process's, so that a reload forgets nothing.
    bad_credentials(core::peer_rates& rates, settings with)
        : rates_(rates), with_(std::move(with)) {}

    /// True when the peer of `in` is over its rate.
    [[nodiscard]] bool are_too_many(const request& in) const noexcept;

    /// What a credential that failed with `why` is answered with: counts it when it is no good one
    /// of ours, and is too_many_bad_credentials when those were too many.
    [[nodiscard]] core::failure judge(core::failure why, const request& in, reply& out) const;

  private:
    [[nodiscard]] bool is_counted(const request& in) const noexcept;

    core::peer_rates& rates_;
    settings with_;
};

} // namespace sluice::http
