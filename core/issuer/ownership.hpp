#pragma once
// Who owns media: the trainer in whose directory it lies, as the disk has it. Ownership exists only
// where the path depends on the trainer (docs/authorisation.md): what a caller merely writes into
// `rel` makes nobody an owner. Used by the token endpoint, and by the grants for the trainer of
// what is wanted.

#include "core/issuer/issuer.hpp"
#include "core/issuer/media_owners.hpp"
#include "core/media/catalogue.hpp"
#include "core/media/media_layout.hpp"

#include <string>
#include <string_view>

namespace sluice::core {

class ownership final : public entitlements {
  public:
    /// References are kept.
    ownership(const catalogue& courses, const media_layout& layout, media_owners owners) noexcept
        : courses_(courses), layout_(layout), owners_(owners) {}

    /// Nobody is banned where there is no store.
    [[nodiscard]] result<void> admit(std::string_view, std::chrono::sys_seconds) const override {
        return {};
    }
    [[nodiscard]] entitlement_answer check(std::string_view user_id,
                                           const media_id& media) const override {
        const auto own = judge(user_id, media);
        return {own ? result<permission>(permission{}) : own.error()};
    }
    /// Fails with not_entitled, and with course_ambiguous towards one of several owners.
    [[nodiscard]] result<void> judge(std::string_view user_id, const media_id& media) const;

    /// The trainer in whose directory `media` lies: of a lesson by its path, of a presentation by
    /// the catalogue. A view into `media` or into `room`. Empty where the layout of lessons does
    /// not name the trainer, where nobody is known to have the course, and where two trainers do.
    /// Holds whatever issuer.owners says: grants and issuer keys are limited to trainers as well.
    [[nodiscard]] std::string_view trainer_of(const media_id& media, std::string& room) const;

  private:
    const catalogue& courses_;
    const media_layout& layout_;
    media_owners owners_;
};

} // namespace sluice::core
