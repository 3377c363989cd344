#pragma once
// The fields of a line of the access log, and the set of them that an operator chooses
// (log.access_fields). Not their values: http/exchange/access_log.hpp writes those. Used by
// core/config/config_validate and http/exchange.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// In the order of the line.
enum class access_field : std::uint8_t {
    time,
    request_id,
    peer,
    method,
    route,
    type,
    trainer_id,
    course_id,
    module_id,
    lesson_id,
    filename,
    status,
    bytes,
    delivered,
    range,
    parts,
    duration_us,
    first_byte_us,
    outcome,
    admitted_by,
    problem,
    cause,
    jti,
    user,
    user_agent,
    trace_id,
    span_id,
    parent_span_id,
    trace_flags,
};

/// In the order of access_field. docs/operations.md and docs/access-log.schema.json describe them.
inline constexpr std::array access_field_names = std::to_array<std::string_view>({
    "time",       "request_id",  "peer",      "method",         "route",       "type",
    "trainer_id", "course_id",   "module_id", "lesson_id",      "filename",    "status",
    "bytes",      "delivered",   "range",     "parts",          "duration_us", "first_byte_us",
    "outcome",    "admitted_by", "problem",   "cause",          "jti",         "user",
    "user_agent", "trace_id",    "span_id",   "parent_span_id", "trace_flags",
});
static_assert(access_field_names.size() == static_cast<std::size_t>(access_field::trace_flags) + 1);

[[nodiscard]] constexpr std::string_view name_of(access_field which) noexcept {
    return access_field_names[static_cast<std::size_t>(which)]; // NOLINT(*-constant-array-index)
}

/// A set of fields.
class access_fields {
  public:
    constexpr access_fields() noexcept = default; // none

    /// Every field except trainer_id. Trainers are users: if one downloads his own lessons, a line
    /// with his name and his pseudonym would reveal who the pseudonym is.
    [[nodiscard]] static constexpr access_fields standard() noexcept {
        access_fields all;
        for (std::size_t i = 0; i < access_field_names.size(); ++i) {
            all.add(static_cast<access_field>(i));
        }
        all.bits_ &= ~bit(access_field::trainer_id);
        return all;
    }

    constexpr void add(access_field one) noexcept { bits_ |= bit(one); }
    constexpr void add(access_fields others) noexcept { bits_ |= others.bits_; }
    [[nodiscard]] constexpr bool has(access_field one) const noexcept {
        return (bits_ & bit(one)) != 0;
    }

  private:
    static constexpr std::uint32_t bit(access_field one) noexcept {
        return std::uint32_t{1} << static_cast<unsigned>(one);
    }
    static_assert(access_field_names.size() <= 32);

    std::uint32_t bits_ = 0;
};

/// The name that stands for standard() in the setting.
inline constexpr std::string_view standard_access_fields = "default";

/// What is wrong with the names of log.access_fields, with the names that exist; empty: nothing.
[[nodiscard]] std::string objection_to_access_fields(const std::vector<std::string>& names);

/// REQUIRES: no objection_to_access_fields().
[[nodiscard]] access_fields access_fields_of(const std::vector<std::string>& names);

} // namespace sluice::core
