#pragma once
// One segment of a layout template: a literal, or one placeholder with literals around it. Read
// both ways: media_layout writes directory names with it, the catalogue reads ids out of them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

    /// Reads `text`, which holds no '/'. At most one placeholder: "{course_id}-{module_id}" would
    /// give course "a-b", module "c" the directory of course "a", module "b-c" (threat 10). The
    /// literals obey the rules of an identifier. On failure `problem` says in English what is
    /// wrong.
    [[nodiscard]] static std::optional<layout_segment> parse(std::string_view text,
                                                             std::string& problem);

    /// The value of the placeholder in a directory called `name`, a view into `name`; nullopt when
    /// the literals do not match, when what is left is no identifier, or in a literal segment.
    [[nodiscard]] std::optional<std::string_view> match(std::string_view name) const noexcept;

    friend bool operator==(const layout_segment&, const layout_segment&) = default;
};

} // namespace sluice::core
