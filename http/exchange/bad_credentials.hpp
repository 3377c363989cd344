#pragma once
// Limits bad credentials per peer: above limits.bad_credentials a second, the peer's bad
// credentials get 429 and its session tokens are not verified (docs/security.md, threat
// 55). It is asked only after a credential has failed, so that good credentials cost nothing. Used
// by http/handlers/download_handler.hpp and http/handlers/token_handler.hpp.

#include "core/address/peer_rates.hpp"
#include "core/base/error.hpp"
#include "http/exchange/exchange.hpp"

#include <utility>
#include <vector>

namespace sluice::http {

class bad_credentials {
  public:
    struct settings {
        unsigned rate = 100; // from one peer: per second, and in one burst
        /// Addresses that stand for many clients. Bad credentials from them are not counted, so
        /// that one client does not affect the others.
        std::vector<core::address_block> uncounted;
    };

    /// `rates` outlives this. It belongs to the process, so that a reload keeps the counts.
    bad_credentials(core::peer_rates& rates, settings with)
        : rates_(rates), with_(std::move(with)) {}

    /// True when the peer of `in` is over its rate.
    [[nodiscard]] bool are_too_many(const request& in) const noexcept;

    /// Returns the failure for the response to a credential that failed with `why`. Counts the
    /// credential when this service cannot have issued it, and returns too_many_bad_credentials
    /// when the peer is over its rate.
    [[nodiscard]] core::failure judge(core::failure why, const request& in, reply& out) const;

  private:
    [[nodiscard]] bool is_counted(const request& in) const noexcept;

    core::peer_rates& rates_;
    settings with_;
};

} // namespace sluice::http
