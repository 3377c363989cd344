#include "core/media/layout_segment.hpp"

#include "core/media/media_id.hpp"

#include <array>
#include <cstddef>

namespace sluice::core {

namespace {

constexpr std::array<std::string_view, 6> placeholder_names{"",          "trainer_id", "course_id",
                                                            "module_id", "lesson_id",  "filename"};
static_assert(placeholder_names.size() == static_cast<std::size_t>(placeholder::filename) + 1);

placeholder placeholder_called(std::string_view name) noexcept {
    for (std::size_t i = 1; i < placeholder_names.size(); ++i) {
        if (placeholder_names[i] == name) {
            return static_cast<placeholder>(i);
        }
    }
    return placeholder::none;
}

bool has_brace(std::string_view text) noexcept {
    return text.find_first_of("{}") != std::string_view::npos;
}

/// Judges the segment as it looks when the shortest id stands in it: an id is never "." or "..", so
/// a literal beside one cannot make the segment either.
bool has_good_literals(const layout_segment& segment) {
    const bool is_literal = segment.what == placeholder::none;
    return is_identifier(is_literal ? segment.prefix : segment.prefix + 'x' + segment.suffix);
}

} // namespace

std::string_view name_of(placeholder what) noexcept {
    return placeholder_names[static_cast<std::size_t>(what)];
}

std::optional<layout_segment> layout_segment::parse(std::string_view text, std::string& problem) {
    layout_segment segment;
    const std::size_t open = text.find('{');
    segment.prefix = text.substr(0, open);
    if (open != std::string_view::npos) {
        const std::size_t close = text.find('}', open);
        if (close == std::string_view::npos) {
            problem = "a '{' is not closed";
            return std::nullopt;
        }
        segment.what = placeholder_called(text.substr(open + 1, close - open - 1));
        if (segment.what == placeholder::none) {
            problem = "an unknown placeholder; the known ones are {trainer_id}, {course_id}, "
                      "{module_id}, {lesson_id} and {filename}";
            return std::nullopt;
        }
        segment.suffix = text.substr(close + 1);
    }
    if (has_brace(segment.prefix) || has_brace(segment.suffix)) {
        problem = "a segment holds at most one placeholder, and no other brace";
        return std::nullopt;
    }
    if (!has_good_literals(segment)) {
        problem = "a segment is empty, \".\", \"..\", too long or holds a character that names of "
                  "media may not hold";
        return std::nullopt;
    }
    return segment;
}

std::optional<std::string_view> layout_segment::match(std::string_view name) const noexcept {
    if (what == placeholder::none || name.size() <= prefix.size() + suffix.size() ||
        !name.starts_with(prefix) || !name.ends_with(suffix)) {
        return std::nullopt;
    }
    name.remove_prefix(prefix.size());
    name.remove_suffix(suffix.size());
    return is_identifier(name) ? std::optional(name) : std::nullopt;
}

} // namespace sluice::core
