#include "core/media/media_library.hpp"

namespace sluice::core {

result<media_handle> media_library::open(const media_id& media, std::string& path) const {
    const auto& where = layout_.of(media.kind());
    path.clear();
    if (media.kind() == media_kind::lesson || !where.names_trainer()) {
        where.expand(media, media.trainer_id(), path);
        return store_.open(path);
    }
    const auto owner = courses_.owner_of(media.course_id());
    if (!owner) {
        return owner.error();
    }
    where.expand(media, *owner, path);
    return store_.open(path);
}

} // namespace sluice::core
