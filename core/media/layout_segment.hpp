#pragma once
// One segment of a layout template: a literal, or one placeholder with literals around it.
// media_layout writes directory names with it; the catalogue reads ids from directory names. It has
// no path separators: media_layout splits the template. Used by core/media.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// The kind of a `{name}`; `none` in a segment without a placeholder.
enum class placeholder : std::uint8_t {
    none,
    trainer_id,
    course_id,
    module_id,
    lesson_id,
    filename
};

/// "trainer_id" and so on; empty for `none`.
[[nodiscard]] std::string_view name_of(placeholder what) noexcept;

struct layout_segment {
    std::string prefix; // the whole text of a literal segment
    placeholder what = placeholder::none;
    std::string suffix;
    /// Segments of other templates at the same depth. A directory name that one of them can produce
    /// belongs to them: this segment neither reads nor writes it. Set by media_layout::combine().
    std::vector<layout_segment> reserved{};

    /// Parses `text`, which contains no '/'. At most one placeholder is accepted:
    /// "{course_id}-{module_id}" would give course "a-b", module "c" the directory of course "a",
    /// module "b-c" (docs/security.md, threat 10). The literals follow the rules of an identifier.
    /// On failure `problem` says in English what is wrong.
    [[nodiscard]] static std::optional<layout_segment> parse(std::string_view text,
                                                             std::string& problem);

    /// The value of the placeholder in a directory called `name`, as a view into `name`. nullopt
    /// when the literals do not match, the rest is not an identifier, the name is reserved, or the
    /// segment is literal.
    [[nodiscard]] std::optional<std::string_view> match(std::string_view name) const noexcept;

    /// True when this segment can produce `name` with some value of its placeholder.
    [[nodiscard]] bool can_be(std::string_view name) const noexcept;

    /// True when `name` belongs to another template.
    [[nodiscard]] bool is_reserved(std::string_view name) const noexcept;

    friend bool operator==(const layout_segment&, const layout_segment&) = default;
};

/// The overlap of the sets of names of two segments.
enum class name_overlap : std::uint8_t {
    none,
    same,        // both have exactly the same names
    first_in,    // all names of the first are names of the second, which has others
    second_in,   // the other way round
    some_shared, // neither contains the other: "a{course_id}" and "{trainer_id}b"
};

/// Compares the literals only; the caller compares the placeholders.
[[nodiscard]] name_overlap overlap_of(const layout_segment& first,
                                      const layout_segment& second) noexcept;

} // namespace sluice::core
