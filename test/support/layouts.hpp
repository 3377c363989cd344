#pragma once
// The default layout of the media, for tests and fuzz targets that build a site by hand.

#include "core/media/media_layout.hpp"

#include <string>

namespace sluice::test {

inline core::layout_template layout_of(core::media_kind kind, const std::string& text) {
    std::string problem;
    return core::layout_template::parse(kind, text, problem).value();
}

/// The layout of docs/configuration.md when no template is set.
inline core::media_layout default_layout() {
    using kind = core::media_kind;
    return {.lesson = layout_of(kind::lesson,
                                "{trainer_id}/{course_id}/{module_id}/{lesson_id}/{filename}"),
            .course = layout_of(kind::course, "{trainer_id}/{course_id}/{filename}"),
            .module = layout_of(kind::module, "{trainer_id}/{course_id}/{module_id}/{filename}")};
}

} // namespace sluice::test
