#include "app/commands/user_ban.hpp"

#include <cstdint>

namespace sluice::app {

core::store_result<bool> is_banned(core::access_store& in, std::string_view user_id,
                                   std::chrono::sys_seconds now) {
    constexpr std::size_t page = 10'000;
    const auto instant = now.time_since_epoch().count();
    for (std::uint64_t position = 0;;) {
        const auto read = in.revocations_after(position, page);
        if (!read) {
            return read.error();
        }
        for (const auto& [place, one, made] : *read) {
            position = place;
            const bool is_of_user =
                one.kind == core::revocation_kind::user && one.subject == user_id;
            if (is_of_user && one.issued_before.value_or(instant + 1) > instant &&
                one.expires_at.value_or(instant + 1) > instant) {
                return true;
            }
        }
        if (read->size() < page) {
            return false;
        }
    }
}

} // namespace sluice::app
