#include "app/commands/user_ban.hpp"

#include <cstdint>

namespace sluice::app {

namespace {

using found_revocation = core::store_result<std::optional<core::placed_revocation>>;

/// The first revocation for which `covers` is true.
template <class Predicate>
found_revocation find_first(core::access_store& in, Predicate covers) {
    constexpr std::size_t page = 10'000;
    for (std::uint64_t position = 0;;) {
        const auto read = in.revocations_after(position, page);
        if (!read) {
            return read.error();
        }
        for (const auto& each : *read) {
            position = each.position;
            if (covers(each.what)) {
                return std::optional(each);
            }
        }
        if (read->size() < page) {
            return std::optional<core::placed_revocation>();
        }
    }
}

} // namespace

core::store_result<bool> is_banned(core::access_store& in, std::string_view user_id,
                                   std::chrono::sys_seconds now) {
    const auto instant = now.time_since_epoch().count();
    const auto found = find_first(in, [&](const core::revocation& one) {
        return one.kind == core::revocation_kind::user && one.subject == user_id &&
               one.issued_before.value_or(instant + 1) > instant &&
               one.expires_at.value_or(instant + 1) > instant;
    });
    return found ? core::store_result<bool>(found->has_value()) : found.error();
}

found_revocation find_revocation(core::access_store& in, const core::claims& of,
                                 std::chrono::sys_seconds now) {
    const auto instant = now.time_since_epoch().count();
    return find_first(in, [&](const core::revocation& one) {
        const std::string_view subject = one.kind == core::revocation_kind::token  ? of.jti
                                         : one.kind == core::revocation_kind::user ? of.user_id
                                                                                   : of.signed_by;
        // A token without iat counts as older than any other.
        const bool is_older = !one.issued_before || !of.iat || of.iat->seconds < *one.issued_before;
        return !subject.empty() && one.subject == subject && is_older &&
               one.expires_at.value_or(instant + 1) > instant;
    });
}

} // namespace sluice::app
