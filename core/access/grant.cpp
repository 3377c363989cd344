#include "core/access/grant.hpp"

#include "core/media/media_id.hpp"

#include <algorithm>
#include <array>

namespace sluice::core {

namespace {

struct part {
    std::string_view name;
    std::string_view value;
};

std::array<part, 4> parts_of(const grant_target& target) noexcept {
    return {part{"trainer_id", target.trainer_id}, part{"course_id", target.course_id},
            part{"module_id", target.module_id}, part{"lesson_id", target.lesson_id}};
}

result<void> check_window(const validity& valid) noexcept {
    // 2^53: the largest bound that a JSON number and every platform's integer can hold.
    constexpr std::int64_t latest = std::int64_t{1} << 53;
    if (valid.not_before && (*valid.not_before < 0 || *valid.not_before > latest)) {
        return failure{errc::parameter_invalid, "not_before"};
    }
    if (valid.not_after && (*valid.not_after < 0 || *valid.not_after > latest)) {
        return failure{errc::parameter_invalid, "not_after"};
    }
    if (valid.not_before && valid.not_after && *valid.not_before >= *valid.not_after) {
        return failure{errc::parameter_invalid, "not_after"};
    }
    return {};
}

} // namespace

std::string_view scope_of(const grant_target& target) noexcept {
    if (!target.lesson_id.empty()) {
        return "lesson";
    }
    if (!target.module_id.empty()) {
        return "module";
    }
    return target.course_id.empty() ? "trainer" : "course";
}

standing standing_of(std::span<const validity> windows, std::int64_t now) noexcept {
    standing found;
    for (const auto& one : windows) {
        if (!one.holds_at(now)) {
            continue;
        }
        const bool is_open_ended = !one.not_after || (found.is_granted && !found.until);
        found.until = is_open_ended
                          ? std::nullopt
                          : std::optional(std::max(found.until.value_or(now), *one.not_after));
        found.is_granted = true;
    }
    return found;
}

result<void> check(const grant& one) noexcept {
    if (one.user_id.empty()) {
        return failure{errc::parameter_missing, "user_id"};
    }
    if (!is_identifier(one.user_id)) {
        return failure{errc::parameter_invalid, "user_id"};
    }
    for (const auto& [name, value] : parts_of(one.target)) {
        if (!value.empty() && !is_identifier(value)) {
            return failure{errc::parameter_invalid, name};
        }
    }
    const auto& target = one.target;
    if (!target.lesson_id.empty() && target.module_id.empty()) {
        return failure{errc::parameter_missing, "module_id"};
    }
    if (!target.module_id.empty() && target.course_id.empty()) {
        return failure{errc::parameter_missing, "course_id"};
    }
    if (target.trainer_id.empty() && target.course_id.empty()) {
        return failure{errc::parameter_missing, "trainer_id"};
    }
    return check_window(one.valid);
}

} // namespace sluice::core
