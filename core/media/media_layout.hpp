#pragma once
// Where a piece of media lies below the media root: templates such as
// "{trainer_id}/{course_id}/{filename}" (docs/api.md §2), so that no site has to move a file.
// Strings only: media_store does the opening. Parsed by the configuration, expanded by the
// handlers.

#include "core/media/layout_segment.hpp"
#include "core/media/media_id.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// One template: segments separated by '/', each a literal or one placeholder with literals around
/// it
/// ("course-{course_id}").
class layout_template {
  public:
    /// Placeholders allowed, each at most once: lesson: trainer_id course_id module_id lesson_id
    /// filename; course: trainer_id course_id filename; module: trainer_id course_id module_id
    /// filename. `filename` must be the whole last segment; every id of the kind but trainer_id
    /// must occur, so that two media never share a file. On failure `problem` says in English what
    /// is wrong, for the operator.
    [[nodiscard]] static std::optional<layout_template>
    parse(media_kind kind, std::string_view text, std::string& problem);

    [[nodiscard]] bool names_trainer() const noexcept { return names_trainer_; }

    /// Appends the relative path of `id` to `path`. `trainer_id` is used where the template names
    /// it and `id` does not carry it. False when a directory on the way is reserved for another
    /// template: then `id` names no media, and `path` holds anything.
    [[nodiscard]] bool expand(const media_id& id, std::string_view trainer_id,
                              std::string& path) const;

    /// False where expand() would be; builds no path.
    [[nodiscard]] bool admits(const media_id& id, std::string_view trainer_id) const;

    /// The template, segment by segment, up to the later of its trainer_id and its course_id; in
    /// either order. Empty when one of the two does not occur, or when another placeholder comes
    /// before them: then the courses have no directory of their own to be found in. The catalogue
    /// walks these.
    [[nodiscard]] std::vector<layout_segment> course_directory() const;

    /// Sees to it that no directory can belong to both templates and mean something else in each
    /// (docs/security.md, threat 51). Where one template's name is a special case of the other's
    /// ("courses" beside
    /// "{trainer_id}"), it is reserved: the other one's identifiers never have it. Returns what is
    /// wrong where that is impossible ("{course_id}" beside "{trainer_id}"), else nothing.
    [[nodiscard]] static std::string keep_apart(layout_template& one, layout_template& other);

  private:
    std::vector<layout_segment> segments_;
    bool names_trainer_ = false;
};

/// The three templates of a site. Defaults: docs/api.md §2.
struct media_layout {
    layout_template lesson;
    layout_template course;
    layout_template module;

    /// The three, kept apart pair by pair. nullopt when two of them cannot be: `at` is then the
    /// kind of the one to change, and `problem` says in English why.
    [[nodiscard]] static std::optional<media_layout> combine(layout_template lesson,
                                                             layout_template course,
                                                             layout_template module, media_kind& at,
                                                             std::string& problem);

    /// Where the trainers' course directories are: course_directory() of the first template that
    /// has one.
    [[nodiscard]] std::vector<layout_segment> course_directory() const;

    [[nodiscard]] const layout_template& of(media_kind kind) const noexcept;
};

} // namespace sluice::core
