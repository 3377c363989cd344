#pragma once
// Where a piece of media lies below the media root: templates such as
// "{trainer_id}/{course_id}/{filename}" (contract §2), so that no site has to move a file. Strings
// only: media_store does the opening. Parsed by the configuration, expanded by the handlers.

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
    /// it and `id` does not carry it.
    void expand(const media_id& id, std::string_view trainer_id, std::string& path) const;

    /// The template, segment by segment, up to the later of its trainer_id and its course_id; in
    /// either order. Empty when one of the two does not occur, or when another placeholder comes
    /// before them: then the courses have no directory of their own to be found in. The catalogue
    /// walks these.
    [[nodiscard]] std::vector<std::string> course_directory() const;

  private:
    std::vector<layout_segment> segments_;
    bool names_trainer_ = false;
};

/// The three templates of a site. Defaults: contract §2.
struct media_layout {
    layout_template lesson;
    layout_template course;
    layout_template module;

    [[nodiscard]] const layout_template& of(media_kind kind) const noexcept;
};

} // namespace sluice::core
