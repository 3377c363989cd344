#include "core/media/media_library.hpp"

#include <utility>

namespace sluice::core {

result<media_library::found> media_library::open(const media_id& media, std::string_view owner,
                                                 std::string& path) const {
    const auto& where = layout_.of(media.kind());
    path.clear();
    if (media.kind() == media_kind::lesson) {
        return open_at(where, media, {}, path);
    }
    auto now = courses_.owner_of(media.course_id());
    if (!now && where.names_trainer()) {
        return report(now.error(), media, path);
    }
    if (is_anothers(media, owner, now)) {
        return failure{errc::token_mismatch, "owner"};
    }
    return open_at(where, media, now ? std::move(*now) : std::string{}, path);
}

result<media_library::found> media_library::open_at(const layout_template& where,
                                                    const media_id& media, std::string trainer_id,
                                                    std::string& path) const {
    if (!where.expand(media, trainer_id, path)) {
        return failure{errc::media_not_found, {}};
    }
    auto file = store_.open(path);
    if (!file) {
        return report(file.error(), media, path);
    }
    return found{*std::move(file), std::move(trainer_id)};
}

failure media_library::report(failure why, const media_id& media,
                              const std::string& path) const noexcept {
    if (misses_ != nullptr && why == failure{errc::media_not_found, {}}) {
        misses_->missed(media, path);
    }
    return why;
}

// Where the path does not contain the trainer, a course without an owner belongs to nobody else.
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
