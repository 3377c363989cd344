#pragma once
// One segment of a layout template: a literal, or one placeholder with literals around it. Read
// both ways: media_layout writes directory names with it, the catalogue reads ids out of them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// What a `{name}` stands for; `none` in a segment that is all literal.
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
    std::string prefix; // all of a literal segment
    placeholder what = placeholder::none;
    std::string suffix;
    /// Segments of other templates at this place of the tree. A directory that one of them can name
    /// is theirs: this segment neither reads nor writes such a name. media_layout::combine() fills
    /// it.
    std::vector<layout_segment> reserved{};

    /// Reads `text`, which holds no '/'. At most one placeholder: "{course_id}-{module_id}" would
    /// give course "a-b", module "c" the directory of course "a", module "b-c" (docs/security.md,
    /// docs/security.md, threat 10). The literals obey the rules of an identifier. On failure
    /// `problem` says in English what is wrong.
    [[nodiscard]] static std::optional<layout_segment> parse(std::string_view text,
                                                             std::string& problem);

    /// The value of the placeholder in a directory called `name`, a view into `name`; nullopt when
    /// the literals do not match, when what is left is no identifier, when the name is reserved, or
    /// in a literal segment.
    [[nodiscard]] std::optional<std::string_view> match(std::string_view name) const noexcept;

    /// True when this segment, with some value for its placeholder, can be written `name`.
    [[nodiscard]] bool can_be(std::string_view name) const noexcept;

    /// True when `name` belongs to another template.
    [[nodiscard]] bool is_reserved(std::string_view name) const noexcept;

    friend bool operator==(const layout_segment&, const layout_segment&) = default;
};

/// What the names that two segments can be written as have in common.
enum class name_overlap : std::uint8_t {
    none,
    same,        // each name of one is a name of the other
    first_in,    // all names of the first are names of the second, which has others
    second_in,   // the other way round
    some_shared, // neither holds the other: "a{course_id}" and "{trainer_id}b"
};

/// Judges by the literals; what the placeholders stand for is the caller's question.
[[nodiscard]] name_overlap overlap_of(const layout_segment& first,
                                      const layout_segment& second) noexcept;

} // namespace sluice::core
