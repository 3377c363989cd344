#pragma once
// Reads one flat JSON object, such as a JOSE header or a claims set, directly into the caller's
// variables. Strict and bounded; builds no document. Not a general JSON reader. Used by core/token
// and core/issuer/session_token.

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

/// A forbidden member: its presence rejects the object.
struct json_forbidden {};

/// A member that the caller knows, and the destination of its value.
struct json_member {
    /// In static storage, because it becomes the subject of a failure.
    std::string_view name;
    /// The required type of the value: a non-empty text; an integer in 0 .. 2^53 - 1 written
    /// without fraction or exponent; or a number in that range in any notation (docs/security.md,
    /// threat 33).
    std::variant<json_forbidden, std::string*, std::optional<std::int64_t>*,
                 std::optional<numeric_date>*>
        destination;
    /// A null counts as absence instead of a wrong type.
    bool null_is_absent = false;
};

/// The largest number of members in one object and of bytes in one name, and the deepest nesting of
/// unknown members. Our objects have ten members at most and no nesting; the rest is room for other
/// issuers.
inline constexpr std::size_t max_json_members = 64;
inline constexpr std::size_t max_json_name_bytes = 64;
inline constexpr std::size_t max_json_depth = 8;

/// Assigns to the destinations of the `members` present, reusing their capacity; absent members
/// leave theirs unchanged. Names outside `members` are skipped. Fails with `refusal` and, when a
/// member is at fault, its name: not exactly one JSON object (RFC 8259, valid UTF-8), a name twice
/// at its top level (RFC 7519 §4), a value of the wrong type, a limit above exceeded. The
/// destinations are then unspecified.
[[nodiscard]] result<void> read_json_object(std::string_view text,
                                            std::span<const json_member> members, errc refusal);

/// Gives the same results without the fast path for objects that list `members` in order
/// (plain_object); for tests that compare the two.
[[nodiscard]] result<void> read_any_json_object(std::string_view text,
                                                std::span<const json_member> members, errc refusal);

} // namespace sluice::core
