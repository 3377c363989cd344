#pragma once
// Ownership of media: the owner is the trainer in whose directory on disk the media lies. Ownership
// exists only when the path depends on the trainer (docs/authorisation.md): a trainer that the
// caller merely writes into `rel` is not an owner. Used by http/handlers/token_handler, and by
// store/granted_entitlements to find the trainer of requested media.

#include "core/issuer/issuer.hpp"
#include "core/issuer/media_owners.hpp"
#include "core/media/course_owners.hpp"
#include "core/media/media_origin.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sluice::core {

class ownership final : public entitlements {
  public:
    /// References are kept.
    ownership(const course_owners& courses, std::span<const media_origin> origins,
              media_owners owners) noexcept
        : courses_(courses), origins_(origins), owners_(owners) {}

    /// Always succeeds: without a store there are no bans.
    [[nodiscard]] result<void> admit(std::string_view, std::chrono::sys_seconds) const override {
        return {};
    }
    [[nodiscard]] entitlement_answer check(std::string_view user_id,
                                           const media_id& media) const override {
        const auto own = judge(user_id, media);
        return {own ? result<permission>(permission{}) : own.error()};
    }
    /// Fails with not_entitled, or with course_ambiguous for one of several owners.
    [[nodiscard]] result<void> judge(std::string_view user_id, const media_id& media) const;

    /// The trainer in whose directory `media` lies: for a lesson by its path, for a presentation by
    /// the catalogues. A view into `media` or into `room`. Empty when the layout of lessons of an
    /// origin that may have the file does not name the trainer, when no trainer is known to have
    /// the course, when two trainers have it, and when an origin that may have a presentation has
    /// neither the trainer in its path nor the course in its own catalogue. Independent of
    /// issuer.owners, because grants and issuer keys can be limited to trainers too.
    [[nodiscard]] std::string_view trainer_of(const media_id& media, std::string& room) const;

  private:
    [[nodiscard]] bool is_by_path(const media_id& lesson) const;
    [[nodiscard]] bool is_proven(std::string_view trainer_id, const media_id& presentation) const;

    const course_owners& courses_;
    std::span<const media_origin> origins_;
    media_owners owners_;
};

} // namespace sluice::core
