#include "core/media/media_library.hpp"

#include <optional>

namespace sluice::core {

namespace {

/// `unknown` is why the trainer is not known.
void add_candidates(std::span<const media_origin> origins, const media_id& media,
                    std::string_view trainer, const std::optional<failure>& unknown,
                    media_library::located& found) {
    for (std::size_t i = 0; i < origins.size(); ++i) {
        const auto& origin = origins[i];
        const auto& where = origin.layout.of(media.kind());
        if (unknown && (where.names_trainer() || !origin.trainers.is_for_all())) {
            if (unknown->code != errc::media_not_found) {
                found.if_missing = *unknown;
                return;
            }
        } else if (origin.trainers.admits(trainer)) {
            auto& one = found.at.emplace_back(media_library::candidate{.origin = i});
            if (!where.expand(media, trainer, one.path)) {
                found.at.pop_back();
            }
        }
    }
}

} // namespace

result<media_library::located> media_library::locate(const media_id& media,
                                                     std::string_view owner) const {
    located found;
    std::optional<failure> unknown;
    if (media.kind() != media_kind::lesson) {
        auto now = owners_.owner_of(media.course_id());
        if (now && !owner.empty() && *now != owner) {
            return failure{errc::token_mismatch, "owner"};
        }
        if (now) {
            found.trainer_id = *std::move(now);
        } else {
            unknown = now.error();
        }
    }
    const std::string_view trainer =
        media.kind() == media_kind::lesson ? media.trainer_id() : found.trainer_id;
    add_candidates(origins_, media, trainer, unknown, found);
    if (found.at.empty()) {
        if (unknown && unknown->code == errc::media_not_found) {
            tell(media.course_id(), {}, {});
        }
        return found.if_missing;
    }
    // If the path does not contain the trainer, a course without an owner belongs to no other
    // trainer.
    if (!owner.empty() && unknown && unknown->code == errc::course_ambiguous &&
        !owners_.owns(owner, media.course_id())) {
        return failure{errc::token_mismatch, "owner"};
    }
    return found;
}

void media_library::report_miss(std::string_view course_id, const located& where) const noexcept {
    for (const auto& one : where.at) {
        if (const auto* const store = origins_[one.origin].store; store != nullptr) {
            tell(course_id, store->root(), one.path);
        }
    }
}

void media_library::tell(std::string_view course_id, const std::string& root,
                         const std::string& path) const noexcept {
    if (misses_ != nullptr) {
        misses_->missed(course_id, root, path);
    }
}

} // namespace sluice::core
