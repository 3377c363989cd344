#pragma once
// Reads one flat JSON object straight into the caller's variables: what a JOSE header and a claims
// set both are. Strict and bounded; no document is built. Not a general JSON reader. Called by
// claims and jose_header.

#include "core/base/result.hpp"
#include "core/json/numeric_date.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace sluice::core {

/// No value of this member will do: its name alone refuses the object.
struct json_forbidden {};

/// A member the caller knows, and where its value goes.
struct json_member {
    /// Static storage: it becomes the subject of a failure.
    std::string_view name;
    /// What the value must be: a text that is not empty; an integer in 0 .. 2^53 - 1 written
    /// without fraction or exponent; or a number in that range however it is written
    /// (docs/security.md, threat 33).
    std::variant<json_forbidden, std::string*, std::optional<std::int64_t>*,
                 std::optional<numeric_date>*>
        destination;
    /// A null counts as the member's absence instead of as a wrong type.
    bool null_is_absent = false;
};

/// Most members in one object and bytes in one name, and how deep unknown members may nest. Ours
/// have ten members at most and no nesting; the rest is room for other issuers.
inline constexpr std::size_t max_json_members = 64;
inline constexpr std::size_t max_json_name_bytes = 64;
inline constexpr std::size_t max_json_depth = 8;

/// Assigns to the destinations of the `members` present, reusing their capacity; those absent stay
/// as they are. Names outside `members` are skipped. Fails with `refusal` and, where one is to
/// blame, the member's name: not exactly one JSON object (RFC 8259, valid UTF-8), a name twice at
/// its top level (RFC 7519 §4), a value of the wrong type, a limit above exceeded. Destinations
/// hold anything then.
[[nodiscard]] result<void> read_json_object(std::string_view text,
                                            std::span<const json_member> members, errc refusal);

/// The same verdicts and values without the quick road for objects that list `members` in order
/// (plain_object); for tests that compare the two.
[[nodiscard]] result<void> read_any_json_object(std::string_view text,
                                                std::span<const json_member> members, errc refusal);

} // namespace sluice::core
