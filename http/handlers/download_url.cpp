#include "http/handlers/download_url.hpp"

#include "core/text/percent.hpp"

namespace sluice::http {

void append_download_path(const core::media_id& media, std::string& out) {
    const auto add = [&](std::string_view segment) {
        out += '/';
        core::append_percent_encoded(segment, out);
    };
    out += "/download2";
    switch (media.kind()) {
    case core::media_kind::lesson:
        add(media.trainer_id());
        add(media.course_id());
        add(media.module_id());
        add(media.lesson_id());
        break;
    case core::media_kind::course:
        out += "/course";
        add(media.course_id());
        break;
    case core::media_kind::module:
        out += "/module";
        add(media.course_id());
        add(media.module_id());
        break;
    }
    add(media.filename());
}

core::result<core::media_id> media_at(core::media_kind kind,
                                      std::span<const std::string_view> path) noexcept {
    switch (kind) {
    case core::media_kind::lesson:
        return core::media_id::lesson(path[1], path[2], path[3], path[4], path[5]);
    case core::media_kind::course:
        return core::media_id::course(path[2], path[3]);
    case core::media_kind::module:
        break;
    }
    return core::media_id::module(path[2], path[3], path[4]);
}

} // namespace sluice::http
