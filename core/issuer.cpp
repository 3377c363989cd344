#include "core/issuer.hpp"

namespace sluice::core {

result<void> issuer_gate::admit(const mint_caller& caller) const noexcept {
    const bool is_local = caller.is_loopback_peer && !caller.is_forwarded &&
                          caller.has_loopback_host && !caller.has_foreign_origin;
    if (mode_ == issuer_mode::none || is_local) {
        return {};
    }
    return failure{errc::issuer_closed};
}

result<void> ownership::judge(std::string_view user_id, const media_id& media) const {
    if (media.kind() == media_kind::lesson) {
        return media.trainer_id() == user_id ? result<void>{} : failure{errc::not_entitled};
    }
    if (!courses_.owns(user_id, media.course_id())) {
        return failure{errc::not_entitled};
    }
    const auto owner = courses_.owner_of(media.course_id());
    return owner ? result<void>{} : owner.error();
}

} // namespace sluice::core
