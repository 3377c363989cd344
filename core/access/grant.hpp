#pragma once
// What a user may have besides his own media: grants, as the store keeps them (docs/store.md). Pure
// data and its rules; who asks for them is core/access/access_store.hpp.

#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::core {

/// A part of the media tree. Empty parts are open: a course alone stands for all that lies below
/// it. Without a trainer the course id alone names it, as it does in the URL of a presentation.
struct grant_target {
    std::string trainer_id;
    std::string course_id;
    std::string module_id;
    std::string lesson_id;

    friend bool operator==(const grant_target&, const grant_target&) = default;
};

/// Seconds since the Unix epoch: [not_before, not_after). Absent: open on that side.
struct validity {
    std::optional<std::int64_t> not_before;
    std::optional<std::int64_t> not_after;

    [[nodiscard]] bool holds_at(std::int64_t now) const noexcept {
        return (!not_before || *not_before <= now) && (!not_after || now < *not_after);
    }
    friend bool operator==(const validity&, const validity&) = default;
};

/// What windows amount to at one instant.
struct standing {
    bool is_granted = false;           // one of them is open
    std::optional<std::int64_t> until; // when the last of the open ones closes; absent: none does
};

struct grant {
    std::string user_id;
    grant_target target;
    validity valid;

    friend bool operator==(const grant&, const grant&) = default;
};

/// "trainer", "course", "module" or "lesson": the deepest part that is named.
[[nodiscard]] std::string_view scope_of(const grant_target& target) noexcept;

/// Of the windows of all grants that cover one place, at `now`.
[[nodiscard]] standing standing_of(std::span<const validity> windows, std::int64_t now) noexcept;

/// Fails with parameter_missing or parameter_invalid and the name of the column that is at fault:
/// identifiers that are none, a part without the one it lies in, a window that is empty.
[[nodiscard]] result<void> check(const grant& one) noexcept;

/// The place of media that somebody wants: views into the caller's text. Empty where the media has
/// no such part, or where nobody knows the trainer.
struct media_place {
    std::string_view trainer_id;
    std::string_view course_id;
    std::string_view module_id;
    std::string_view lesson_id;
};

} // namespace sluice::core
