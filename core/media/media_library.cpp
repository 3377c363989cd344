#include "core/media/media_library.hpp"

#include <utility>

namespace sluice::core {

result<media_library::found> media_library::open(const media_id& media, std::string_view owner,
                                                 std::string& path) const {
    auto trainer = locate(media, owner, path);
    if (!trainer) {
        return trainer.error();
    }
    if (store_ == nullptr) {
        return failure{errc::media_unavailable, "not_a_directory"};
    }
    auto file = store_->open(path);
    if (!file) {
        return report(file.error(), media.course_id(), path);
    }
    return found{*std::move(file), *std::move(trainer)};
}

result<std::string> media_library::locate(const media_id& media, std::string_view owner,
                                          std::string& path) const {
    const auto& where = layout_.of(media.kind());
    path.clear();
    std::string trainer_id;
    if (media.kind() != media_kind::lesson) {
        auto now = courses_.owner_of(media.course_id());
        if (!now && where.names_trainer()) {
            return report(now.error(), media.course_id(), path);
        }
        if (is_anothers(media, owner, now)) {
            return failure{errc::token_mismatch, "owner"};
        }
        if (now) {
            trainer_id = *std::move(now);
        }
    }
    if (!where.expand(media, trainer_id, path)) {
        return failure{errc::media_not_found, {}};
    }
    return trainer_id;
}

failure media_library::report(failure why, std::string_view course_id,
                              const std::string& path) const noexcept {
    if (misses_ != nullptr && why == failure{errc::media_not_found, {}}) {
        misses_->missed(course_id, path);
    }
    return why;
}

// If the path does not contain the trainer, a course without an owner belongs to no other trainer.
bool media_library::is_anothers(const media_id& media, std::string_view owner,
                                const result<std::string>& now) const {
    if (owner.empty()) {
        return false;
    }
    return now ? *now != owner
               : now.error().code == errc::course_ambiguous &&
                     !courses_.owns(owner, media.course_id());
}

} // namespace sluice::core
