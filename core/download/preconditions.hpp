#pragma once
// Conditional requests (RFC 9110 §13) for GET and HEAD of an existing file, in the order of
// §13.2.2. Not Range, and not the outcome of the request: that is download_plan, the only caller.

#include "core/download/representation.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::core {

/// The fields of a request that a plan depends on. Lines of the same list-based field are joined
/// by ", " before they come here (RFC 9110 §5.3); an absent field is nullopt.
struct download_request {
    bool is_get = true; // Range is ignored for any other method (RFC 9110 §14.2)
    std::optional<std::string_view> if_match = {};
    std::optional<std::string_view> if_none_match = {};
    std::optional<std::string_view> if_modified_since = {};
    std::optional<std::string_view> if_unmodified_since = {};
    std::optional<std::string_view> if_range = {};
    std::optional<std::string_view> range = {};
};

/// Where steps 1 to 4 of §13.2.2 lead.
enum class precondition_verdict : std::uint8_t {
    proceed,
    not_modified, // 304
    failed,       // 412
};

/// If-Match, or without it If-Unmodified-Since; then If-None-Match, or without it
/// If-Modified-Since.
///
/// A field that is no valid list of tags: If-None-Match is ignored, and still keeps
/// If-Modified-Since from being looked at (§13.1.3), so the file is sent; If-Match fails, because a
/// client that asked for one version must not be given another one. A field that is no valid date,
/// or any date where the file has no credible one, is ignored (§13.1.3, §13.1.4). A file that is
/// not given a date for another reason (it has not settled, or the date was another version's) can
/// still be newer than If-Unmodified-Since says, and is never "not modified" by date. `now` dates
/// the two-digit years of RFC 850 and nothing else.
[[nodiscard]] precondition_verdict evaluate_preconditions(const download_request& request,
                                                          const representation& version,
                                                          std::chrono::sys_seconds now) noexcept;

/// Step 5, If-Range: true when it names this version beyond doubt (§13.1.5). A strong tag that is
/// equal; or the text of Last-Modified itself, where the file gives one. A file gives none before
/// two seconds have passed since it was written, so whoever has the date has it from an answer
/// whose Date was later: it is strong in the sense of §8.8.2.2, although If-Range does not carry
/// that Date. Anything else is false, and the whole file is sent: a weak tag, two values, a date
/// with the wrong weekday.
[[nodiscard]] bool if_range_holds(std::string_view field_value, const representation& version,
                                  std::chrono::sys_seconds now) noexcept;

/// False when the client asks for one version by If-Unmodified-Since and the file has no date to
/// judge that by. The condition is ignored then (§13.1.4), and what Range asks for could be
/// another version's: the whole file is right for everybody.
[[nodiscard]] bool is_vouched_for(const download_request& request,
                                  const representation& version) noexcept;

} // namespace sluice::core
