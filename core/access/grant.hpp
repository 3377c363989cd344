#pragma once
// Grants: permissions for media that a user does not own, as the store keeps them (docs/store.md).
// Data and its rules only; core/access/access_store.hpp reads and writes them. Used by
// core/access/grant_csv.hpp and store/grant_book.hpp as well.

#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::core {

/// A part of the media tree. An empty part matches everything: a course alone covers all media
/// below it. Without a trainer, the course id alone identifies the course, as it does in the URL of
/// a presentation.
struct grant_target {
    std::string trainer_id;
    std::string course_id;
    std::string module_id;
    std::string lesson_id;

    friend bool operator==(const grant_target&, const grant_target&) = default;
};

/// Seconds since the Unix epoch: [not_before, not_after). An absent bound leaves that side open.
struct validity {
    std::optional<std::int64_t> not_before;
    std::optional<std::int64_t> not_after;

    [[nodiscard]] bool holds_at(std::int64_t now) const noexcept {
        return (!not_before || *not_before <= now) && (!not_after || now < *not_after);
    }
    friend bool operator==(const validity&, const validity&) = default;
};

/// The combined effect of several windows at one instant.
struct standing {
    bool is_granted = false;           // at least one window is open
    std::optional<std::int64_t> until; // when the last open window closes; absent: never
};

struct grant {
    std::string user_id;
    grant_target target;
    validity valid;

    friend bool operator==(const grant&, const grant&) = default;
};

/// "trainer", "course", "module" or "lesson": the deepest part that is set.
[[nodiscard]] std::string_view scope_of(const grant_target& target) noexcept;

/// Combines the windows of all grants that cover one place, at `now`.
[[nodiscard]] standing standing_of(std::span<const validity> windows, std::int64_t now) noexcept;

/// Fails with parameter_missing or parameter_invalid and the name of the column at fault: an
/// invalid identifier, a part without its parent, an empty window.
[[nodiscard]] result<void> check(const grant& one) noexcept;

/// The place of requested media: views into the caller's text. A part is empty when the media has
/// no such part, or when the trainer is unknown.
struct media_place {
    std::string_view trainer_id;
    std::string_view course_id;
    std::string_view module_id;
    std::string_view lesson_id;
};

} // namespace sluice::core
