#include "core/issuer/ownership.hpp"

#include <algorithm>
#include <utility>

namespace sluice::core {

result<void> ownership::judge(std::string_view user_id, const media_id& media) const {
    if (owners_ == media_owners::nobody) {
        return failure{errc::not_entitled};
    }
    if (media.kind() == media_kind::lesson) {
        std::string unused;
        return trainer_of(media, unused) == user_id ? result<void>{} : failure{errc::not_entitled};
    }
    if (!courses_.owns(user_id, media.course_id()) || !is_proven(user_id, media)) {
        return failure{errc::not_entitled};
    }
    const auto owner = courses_.owner_of(media.course_id());
    return owner ? result<void>{} : owner.error();
}

std::string_view ownership::trainer_of(const media_id& media, std::string& room) const {
    if (media.kind() == media_kind::lesson) {
        return is_by_path(media) ? media.trainer_id() : std::string_view{};
    }
    auto owner = courses_.owner_of(media.course_id());
    if (!owner || !is_proven(*owner, media)) {
        return {};
    }
    room = std::move(*owner);
    return room;
}

// An origin whose path does not name the trainer has the file of any trainer. Courses in another
// origin prove nothing about it: whoever may write there would own what lies here.
bool ownership::is_proven(std::string_view trainer_id, const media_id& presentation) const {
    return std::ranges::all_of(origins_, [&](const media_origin& origin) {
        return !origin.trainers.admits(trainer_id) ||
               origin.layout.of(presentation.kind()).names_trainer() ||
               (origin.courses != nullptr &&
                origin.courses->owns(trainer_id, presentation.course_id()));
    });
}

// True when the trainer of `lesson` is part of its path wherever it may lie.
bool ownership::is_by_path(const media_id& lesson) const {
    bool is_possible = false; // somewhere
    for (const auto& origin : origins_) {
        if (origin.trainers.admits(lesson.trainer_id())) {
            const auto& where = origin.layout.lesson;
            if (!where.names_trainer()) {
                return false;
            }
            is_possible = is_possible || where.admits(lesson, {});
        }
    }
    return is_possible;
}

} // namespace sluice::core
