#pragma once
// The entitlements with a store: owners, and users with a grant while it lasts, except users who
// are revoked. Implements core::entitlements. Used by app/service/generation.

#include "core/access/current_revocations.hpp"
#include "core/base/clock.hpp"
#include "core/issuer/ownership.hpp"
#include "store/grant_book.hpp"

namespace sluice::store {

class granted_entitlements final : public core::entitlements {
  public:
    /// The shared objects; they live as long as the process serves.
    struct sources {
        grant_book& grants;
        const core::current_revocations& revoked;
        const core::clock& time;
    };

    /// Keeps the references.
    granted_entitlements(const core::ownership& owners, const sources& from) noexcept
        : owners_(owners), from_(from) {}

    [[nodiscard]] core::result<void> admit(std::string_view user_id,
                                           std::chrono::sys_seconds now) const override;
    [[nodiscard]] core::entitlement_answer check(std::string_view user_id,
                                                 const core::media_id& media) const override;

  private:
    const core::ownership& owners_;
    sources from_;
};

} // namespace sluice::store
