#include "store/granted_entitlements.hpp"

#include <string>
#include <utility>

namespace sluice::store {

using core::errc;
using core::failure;
using core::result;

namespace {

/// A query that outlives its request.
struct question {
    std::string user_id;
    core::grant_target wanted;

    [[nodiscard]] core::media_place place() const noexcept {
        return {wanted.trainer_id, wanted.course_id, wanted.module_id, wanted.lesson_id};
    }
};

result<core::permission> verdict_on(const core::standing& found) {
    return found.is_granted ? result<core::permission>({.until = found.until})
                            : failure{errc::not_entitled};
}

} // namespace

result<void> granted_entitlements::admit(std::string_view user_id,
                                         std::chrono::sys_seconds now) const {
    const auto revoked = from_.revoked.table();
    if (!revoked) {
        return failure{errc::store_unavailable};
    }
    return revoked->blocks(user_id, now.time_since_epoch().count()) ? failure{errc::user_banned}
                                                                    : result<void>{};
}

core::entitlement_answer granted_entitlements::check(std::string_view user_id,
                                                     const core::media_id& media) const {
    const auto own = owners_.judge(user_id, media);
    if (own) {
        return {core::permission{}};
    }
    if (own.error().code != errc::not_entitled) {
        return {own.error()};
    }
    const auto wall = from_.time.wall_seconds().time_since_epoch().count();
    // When the trainer is unknown or ambiguous, a grant must name the course without a trainer.
    std::string room;
    question asked{std::string(user_id),
                   {.trainer_id = std::string(owners_.trainer_of(media, room)),
                    .course_id = std::string(media.course_id()),
                    .module_id = std::string(media.module_id()),
                    .lesson_id = std::string(media.lesson_id())}};
    if (const auto known =
            from_.grants.recall(asked.user_id, asked.place(), wall, from_.time.steady())) {
        return {verdict_on(*known)};
    }
    return {failure{errc::store_unavailable},
            [asked = std::move(asked), wall,
             &grants = from_.grants](std::string_view trace_id) -> result<core::permission> {
                const auto answer = grants.ask(asked.user_id, asked.place(), wall, trace_id);
                return answer ? verdict_on(*answer) : failure{errc::store_unavailable};
            }};
}

} // namespace sluice::store
