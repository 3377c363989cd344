#pragma once
// The media that a request or a token names, as validated identifiers. It is parsed once, where
// input enters; code that receives a media_id need not check it again. It is a view: the caller
// owns the text. Used by the handlers, the commands, core/token and core/access.

#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// docs/api.md §1, the `type` parameter and claim.
enum class media_kind : std::uint8_t { lesson, course, module };

/// "lesson", "course" or "module".
[[nodiscard]] std::string_view name_of(media_kind kind) noexcept;

/// Exactly one of the three names; anything else (case included) is nullopt.
[[nodiscard]] std::optional<media_kind> parse_media_kind(std::string_view text) noexcept;

/// True for 1 to 128 bytes of valid UTF-8, not "." or "..", without '/', '\', NUL, C0/C1 controls,
/// DEL, bidi or zero-width controls (docs/api.md §1). core/text/utf8.hpp defines the joiners that
/// are accepted.
[[nodiscard]] bool is_identifier(std::string_view text) noexcept;

/// Like is_identifier, but 1 to 255 bytes.
[[nodiscard]] bool is_file_name(std::string_view text) noexcept;

/// A lesson video, a course presentation or a module presentation.
class media_id {
  public:
    /// Each fails with parameter_invalid and the parameter's name ("rel", "course_id", "module_id",
    /// "filename") as subject.
    [[nodiscard]] static result<media_id>
    lesson(std::string_view trainer_id, std::string_view course_id, std::string_view module_id,
           std::string_view lesson_id, std::string_view filename) noexcept;
    /// `rel` is trainer_id/course_id/module_id/lesson_id: exactly four identifiers.
    [[nodiscard]] static result<media_id> lesson(std::string_view rel,
                                                 std::string_view filename) noexcept;
    [[nodiscard]] static result<media_id> course(std::string_view course_id,
                                                 std::string_view filename) noexcept;
    [[nodiscard]] static result<media_id> module(std::string_view course_id,
                                                 std::string_view module_id,
                                                 std::string_view filename) noexcept;

    [[nodiscard]] media_kind kind() const noexcept { return kind_; }
    /// Empty unless kind() is lesson; for the other kinds the catalogue has the trainer.
    [[nodiscard]] std::string_view trainer_id() const noexcept { return trainer_id_; }
    [[nodiscard]] std::string_view course_id() const noexcept { return course_id_; }
    /// Empty for a course presentation.
    [[nodiscard]] std::string_view module_id() const noexcept { return module_id_; }
    /// Empty unless kind() is lesson.
    [[nodiscard]] std::string_view lesson_id() const noexcept { return lesson_id_; }
    [[nodiscard]] std::string_view filename() const noexcept { return filename_; }

    /// The `rel` claim of a lesson: the four identifiers joined by '/'.
    [[nodiscard]] std::string rel() const;
    /// Appends rel() to `out`.
    void append_rel(std::string& out) const;

    /// Field by field, bytes not normalised (docs/security.md, threats 10 and 17).
    friend bool operator==(const media_id&, const media_id&) = default;

  private:
    media_id() = default;

    media_kind kind_{};
    std::string_view trainer_id_;
    std::string_view course_id_;
    std::string_view module_id_;
    std::string_view lesson_id_;
    std::string_view filename_;
};

} // namespace sluice::core
