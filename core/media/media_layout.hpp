#pragma once
// The path of a media file below the media root, from templates such as
// "{trainer_id}/{course_id}/{filename}" (docs/api.md §2), so that no site has to move a file.
// Strings only: media_store opens the file. The configuration parses the templates; media_library
// expands them. Used by core/config, core/issuer/ownership.hpp and core/media/media_library.hpp.

#include "core/media/layout_segment.hpp"
#include "core/media/media_id.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// One template: segments separated by '/', each a literal or one placeholder with literals around
/// it ("course-{course_id}").
class layout_template {
  public:
    /// Placeholders allowed, each at most once: lesson: trainer_id course_id module_id lesson_id
    /// filename; course: trainer_id course_id filename; module: trainer_id course_id module_id
    /// filename. `filename` must be the whole last segment. Every id of the kind except trainer_id
    /// must occur, so that no file belongs to two media. On failure `problem` tells the operator in
    /// English what is wrong.
    [[nodiscard]] static std::optional<layout_template>
    parse(media_kind kind, std::string_view text, std::string& problem);

    [[nodiscard]] bool names_trainer() const noexcept { return names_trainer_; }

    /// Appends the relative path of `id` to `path`. `trainer_id` is used where the template
    /// contains it and `id` does not. Returns false when a directory of the path is reserved for
    /// another template: then `id` names no media, and the content of `path` is unspecified.
    [[nodiscard]] bool expand(const media_id& id, std::string_view trainer_id,
                              std::string& path) const;

    /// True when expand() would succeed. Builds no path.
    [[nodiscard]] bool admits(const media_id& id, std::string_view trainer_id) const;

    /// The segments up to the later of trainer_id and course_id, in either order. Empty when one of
    /// the two does not occur, or when another placeholder comes before them: then the courses have
    /// no directory of their own. The catalogue walks these segments.
    [[nodiscard]] std::vector<layout_segment> course_directory() const;

    /// Ensures that no directory can belong to both templates with different meanings
    /// (docs/security.md, threat 51). Where a name of one template is a special case of the other's
    /// ("courses" beside "{trainer_id}"), it is reserved: identifiers of the other template cannot
    /// have it. Returns what is wrong where that is impossible ("{course_id}" beside
    /// "{trainer_id}"), else an empty text.
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

    /// Combines the three templates and keeps them apart pair by pair. nullopt when two of them
    /// conflict: `at` is then the kind of the template to change, and `problem` says in English
    /// why.
    [[nodiscard]] static std::optional<media_layout> combine(layout_template lesson,
                                                             layout_template course,
                                                             layout_template module, media_kind& at,
                                                             std::string& problem);

    /// The trainers' course directories: course_directory() of the first template that has one.
    [[nodiscard]] std::vector<layout_segment> course_directory() const;

    [[nodiscard]] const layout_template& of(media_kind kind) const noexcept;
};

} // namespace sluice::core
