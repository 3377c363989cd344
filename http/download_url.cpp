#include "http/download_url.hpp"

#include "http/percent.hpp"

namespace sluice::http {

void append_download_path(const core::media_id& media, std::string& out) {
    const auto add = [&](std::string_view segment) {
        out += '/';
        append_percent_encoded(segment, out);
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

} // namespace sluice::http
