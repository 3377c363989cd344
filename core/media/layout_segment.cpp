#include "core/media/layout_segment.hpp"

#include "core/media/media_id.hpp"

#include <algorithm>
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

/// Checks the segment with the shortest possible id in it: an id is never "." or "..", so no
/// literal beside one can produce those names either.
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
        problem = "a segment may contain one placeholder and no other brace";
        return std::nullopt;
    }
    if (!has_good_literals(segment)) {
        problem = "a segment is empty, \".\", \"..\", too long, or contains a character that is "
                  "not allowed in names";
        return std::nullopt;
    }
    return segment;
}

std::optional<std::string_view> layout_segment::match(std::string_view name) const noexcept {
    if (what == placeholder::none || !can_be(name) || is_reserved(name)) {
        return std::nullopt;
    }
    return name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
}

bool layout_segment::can_be(std::string_view name) const noexcept {
    if (what == placeholder::none) {
        return name == prefix;
    }
    if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) ||
        !name.ends_with(suffix)) {
        return false;
    }
    name.remove_prefix(prefix.size());
    name.remove_suffix(suffix.size());
    return is_identifier(name);
}

bool layout_segment::is_reserved(std::string_view name) const noexcept {
    return std::ranges::any_of(reserved, [name](const auto& other) { return other.can_be(name); });
}

name_overlap overlap_of(const layout_segment& first, const layout_segment& second) noexcept {
    const bool is_literal = first.what == placeholder::none;
    if (is_literal && second.what == placeholder::none) {
        return first.prefix == second.prefix ? name_overlap::same : name_overlap::none;
    }
    if (is_literal) {
        return second.can_be(first.prefix) ? name_overlap::first_in : name_overlap::none;
    }
    if (second.what == placeholder::none) {
        return first.can_be(second.prefix) ? name_overlap::second_in : name_overlap::none;
    }
    const bool first_in =
        first.prefix.starts_with(second.prefix) && first.suffix.ends_with(second.suffix);
    const bool second_in =
        second.prefix.starts_with(first.prefix) && second.suffix.ends_with(first.suffix);
    if (first_in || second_in) {
        return first_in && second_in ? name_overlap::same
               : first_in            ? name_overlap::first_in
                                     : name_overlap::second_in;
    }
    const bool prefixes_agree =
        first.prefix.starts_with(second.prefix) || second.prefix.starts_with(first.prefix);
    const bool suffixes_agree =
        first.suffix.ends_with(second.suffix) || second.suffix.ends_with(first.suffix);
    return prefixes_agree && suffixes_agree ? name_overlap::some_shared : name_overlap::none;
}

} // namespace sluice::core
