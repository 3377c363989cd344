#pragma once
// Evaluates conditional requests (RFC 9110 §13) for GET and HEAD of an existing file, in the order
// of §13.2.2. Does not evaluate Range and does not choose the response: core/download/download_plan
// does. Also used by http/handlers/web_handler.

#include "core/download/representation.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::core {

/// The fields of a request that a plan depends on. The caller joins lines of the same list-based
/// field by ", " (RFC 9110 §5.3); an absent field is nullopt.
struct download_request {
    bool is_get = true; // Range is ignored for any other method (RFC 9110 §14.2)
    std::optional<std::string_view> if_match = {};
    std::optional<std::string_view> if_none_match = {};
    std::optional<std::string_view> if_modified_since = {};
    std::optional<std::string_view> if_unmodified_since = {};
    std::optional<std::string_view> if_range = {};
    std::optional<std::string_view> range = {};
};

/// The result of steps 1 to 4 of §13.2.2.
enum class precondition_verdict : std::uint8_t {
    proceed,
    not_modified, // 304
    failed,       // 412
};

/// Evaluates If-Match, or without it If-Unmodified-Since; then If-None-Match, or without it
/// If-Modified-Since.
///
/// Invalid lists of tags: an invalid If-None-Match is ignored but still disables If-Modified-Since
/// (§13.1.3), so the file is sent; an invalid If-Match fails, because a client that asked for one
/// version must not get another one. An invalid date, or any date when the file has no credible
/// one, is ignored (§13.1.3, §13.1.4). A file that has no date for another reason (it has not
/// settled, or another version had the date) can still be newer than If-Unmodified-Since says, and
/// is never "not modified" by date. `now` is used only to interpret the two-digit years of RFC 850.
[[nodiscard]] precondition_verdict evaluate_preconditions(const download_request& request,
                                                          const representation& version,
                                                          std::chrono::sys_seconds now) noexcept;

/// Step 5, If-Range: true when it identifies this version beyond doubt (§13.1.5): an equal strong
/// tag, or exactly the text of Last-Modified when the file has one. A file has none until two
/// seconds after it was written, so a client with that date has it from a response with a later
/// Date: the date is strong in the sense of §8.8.2.2, although If-Range does not carry that Date.
/// False for anything else, and the whole file is sent: a weak tag, two values, a date with the
/// wrong weekday.
[[nodiscard]] bool if_range_holds(std::string_view field_value, const representation& version,
                                  std::chrono::sys_seconds now) noexcept;

/// False when the client requires one version by If-Unmodified-Since and the file has no date to
/// compare. The condition is then ignored (§13.1.4), and the ranges could belong to another
/// version: the whole file is correct for every client.
[[nodiscard]] bool is_vouched_for(const download_request& request,
                                  const representation& version) noexcept;

} // namespace sluice::core
