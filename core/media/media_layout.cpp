#include "core/media/media_layout.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

namespace sluice::core {

namespace {

// The placeholders allowed in a template of each kind; all but trainer_id are required.
constexpr std::array lesson_placeholders{placeholder::trainer_id, placeholder::course_id,
                                         placeholder::module_id, placeholder::lesson_id,
                                         placeholder::filename};
constexpr std::array course_placeholders{placeholder::trainer_id, placeholder::course_id,
                                         placeholder::filename};
constexpr std::array module_placeholders{placeholder::trainer_id, placeholder::course_id,
                                         placeholder::module_id, placeholder::filename};

std::span<const placeholder> placeholders_of(media_kind kind) noexcept {
    switch (kind) {
    case media_kind::lesson:
        return lesson_placeholders;
    case media_kind::course:
        return course_placeholders;
    case media_kind::module:
        break;
    }
    return module_placeholders;
}

std::string braced(placeholder what) {
    return "{" + std::string(name_of(what)) + "}";
}

std::optional<std::vector<layout_segment>> parse_segments(std::string_view text,
                                                          std::string& problem) {
    std::vector<layout_segment> segments;
    for (bool at_end = false; !at_end;) {
        const std::size_t slash = text.find('/');
        at_end = slash == std::string_view::npos;
        auto segment = layout_segment::parse(text.substr(0, slash), problem);
        if (!segment) {
            return std::nullopt;
        }
        segments.push_back(std::move(*segment));
        text.remove_prefix(at_end ? text.size() : slash + 1);
    }
    return segments;
}

/// Empty when the placeholders fit the kind; else a sentence that says what is wrong.
std::string placeholder_problem(media_kind kind, const std::vector<layout_segment>& segments) {
    const auto allowed = placeholders_of(kind);
    for (const auto& segment : segments) {
        if (segment.what != placeholder::none && std::ranges::count(allowed, segment.what) == 0) {
            return "a " + std::string(name_of(kind)) + " has no " + braced(segment.what);
        }
    }
    for (const placeholder what : allowed) {
        const auto times = std::ranges::count(segments, what, &layout_segment::what);
        if (times > 1) {
            return braced(what) + " occurs more than once";
        }
        if (times == 0 && what != placeholder::trainer_id) {
            return braced(what) + " does not occur";
        }
    }
    const layout_segment& last = segments.back();
    if (last.what != placeholder::filename || !last.prefix.empty() || !last.suffix.empty()) {
        return "{filename} must be the whole last segment";
    }
    return {};
}

std::string_view value_of(placeholder what, const media_id& id,
                          std::string_view trainer_id) noexcept {
    switch (what) {
    case placeholder::none:
        break;
    case placeholder::trainer_id:
        return id.trainer_id().empty() ? trainer_id : id.trainer_id();
    case placeholder::course_id:
        return id.course_id();
    case placeholder::module_id:
        return id.module_id();
    case placeholder::lesson_id:
        return id.lesson_id();
    case placeholder::filename:
        return id.filename();
    }
    return {};
}

std::string text_of(const layout_segment& segment) {
    const bool is_literal = segment.what == placeholder::none;
    return segment.prefix + (is_literal ? "" : braced(segment.what)) + segment.suffix;
}

/// Reserves the names of `special`, so that `general` does not use them.
void reserve(const layout_segment& special, layout_segment& general) {
    general.reserved.push_back({special.prefix, special.what, special.suffix, {}});
}

} // namespace

std::optional<layout_template> layout_template::parse(media_kind kind, std::string_view text,
                                                      std::string& problem) {
    auto segments = parse_segments(text, problem);
    if (!segments) {
        return std::nullopt;
    }
    if (auto wrong = placeholder_problem(kind, *segments); !wrong.empty()) {
        problem = std::move(wrong);
        return std::nullopt;
    }
    layout_template parsed;
    parsed.segments_ = std::move(*segments);
    parsed.names_trainer_ =
        std::ranges::count(parsed.segments_, placeholder::trainer_id, &layout_segment::what) != 0;
    return parsed;
}

bool layout_template::expand(const media_id& id, std::string_view trainer_id,
                             std::string& path) const {
    std::string_view separator;
    for (const auto& segment : segments_) {
        path.append(separator);
        const auto start = path.size();
        path.append(segment.prefix);
        path.append(value_of(segment.what, id, trainer_id)).append(segment.suffix);
        if (segment.is_reserved(std::string_view(path).substr(start))) {
            return false;
        }
        separator = "/";
    }
    return true;
}

bool layout_template::admits(const media_id& id, std::string_view trainer_id) const {
    return std::ranges::none_of(segments_, [&](const layout_segment& segment) {
        if (segment.reserved.empty()) { // the usual case: no name is built
            return false;
        }
        std::string name(segment.prefix);
        name.append(value_of(segment.what, id, trainer_id)).append(segment.suffix);
        return segment.is_reserved(name);
    });
}

std::string layout_template::keep_apart(layout_template& one, layout_template& other) {
    // The last segment of each is a file, and no path is both a file and a directory.
    const auto directories = std::min(one.segments_.size(), other.segments_.size()) - 1;
    for (std::size_t i = 0; i < directories; ++i) {
        auto& here = one.segments_[i];
        auto& there = other.segments_[i];
        const auto overlap = overlap_of(here, there);
        if (overlap == name_overlap::none) {
            return {};
        }
        if (overlap == name_overlap::first_in) {
            reserve(here, there);
            return {};
        }
        if (overlap == name_overlap::second_in) {
            reserve(there, here);
            return {};
        }
        if (overlap == name_overlap::some_shared || here.what != there.what) {
            return "\"" + text_of(here) + "\" and \"" + text_of(there) +
                   "\" are the same place below media.root, and one directory could be either: put "
                   "a folder with a fixed name in front of one of them";
        }
    }
    return {};
}

std::vector<layout_segment> layout_template::course_directory() const {
    std::vector<layout_segment> directory;
    bool has_trainer = false;
    bool has_course = false;
    for (const auto& segment : segments_) {
        has_trainer = has_trainer || segment.what == placeholder::trainer_id;
        has_course = has_course || segment.what == placeholder::course_id;
        if (segment.what > placeholder::course_id) {
            return {};
        }
        directory.push_back(segment);
        if (has_trainer && has_course) {
            return directory;
        }
    }
    return {};
}

std::optional<media_layout> media_layout::combine(layout_template lesson, layout_template course,
                                                  layout_template module, media_kind& at,
                                                  std::string& problem) {
    media_layout all{std::move(lesson), std::move(course), std::move(module)};
    struct pair {
        layout_template& one;
        layout_template& other;
        media_kind first;
        media_kind second;
    };
    for (const auto& [one, other, first, second] :
         {pair{all.lesson, all.course, media_kind::lesson, media_kind::course},
          pair{all.lesson, all.module, media_kind::lesson, media_kind::module},
          pair{all.course, all.module, media_kind::course, media_kind::module}}) {
        if (const auto wrong = layout_template::keep_apart(one, other); !wrong.empty()) {
            at = second;
            problem =
                "does not agree with media.layout." + std::string(name_of(first)) + ": " + wrong;
            return std::nullopt;
        }
    }
    return all;
}

std::vector<layout_segment> media_layout::course_directory() const {
    for (const auto* one : {&course, &module, &lesson}) {
        if (auto found = one->course_directory(); !found.empty()) {
            return found;
        }
    }
    return {};
}

const layout_template& media_layout::of(media_kind kind) const noexcept {
    switch (kind) {
    case media_kind::lesson:
        return lesson;
    case media_kind::course:
        return course;
    case media_kind::module:
        break;
    }
    return module;
}

} // namespace sluice::core
