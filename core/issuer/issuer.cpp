#include "core/issuer/issuer.hpp"

#include <algorithm>
#include <utility>

namespace sluice::core {

namespace {

std::optional<std::chrono::seconds> lower(std::optional<std::chrono::seconds> asked,
                                          std::chrono::seconds usual,
                                          std::optional<std::chrono::seconds> most) {
    return most ? std::optional(std::min(asked.value_or(usual), *most)) : asked;
}

} // namespace

std::string grantor::name() const {
    switch (how) {
    case kind::local:
        return "local";
    case kind::anyone:
        return "anyone";
    case kind::key:
        return "key:" + key->name;
    case kind::session:
        break;
    }
    return "user:" + user.user_id;
}

std::optional<std::chrono::seconds> grantor::limit_ttl(std::optional<std::chrono::seconds> asked,
                                                       std::chrono::seconds usual) const {
    return lower(asked, usual, key != nullptr ? key->max_ttl : std::nullopt);
}

std::optional<std::chrono::seconds> grantor::limit_resume(std::optional<std::chrono::seconds> asked,
                                                          std::chrono::seconds usual) const {
    return lower(asked, usual, key != nullptr ? key->max_resume : std::nullopt);
}

issuer_gate::issuer_gate(issuer_modes modes, std::optional<issuer_keys> keys,
                         std::optional<session_verifier> sessions, const key_set_feed* feed)
    : modes_(modes), keys_(std::move(keys)), sessions_(std::move(sessions)), feed_(feed) {}

result<grantor> issuer_gate::admit(const mint_caller& caller) const {
    const bool has_bearer = caller.bearer || caller.bearer.error().code != errc::credential_missing;
    if (!is_closed() && (has_bearer || caller.api_key)) {
        if (has_bearer && caller.api_key) {
            return failure{errc::issuer_credential_refused}; // ambiguous: two credentials
        }
        if (!caller.api_key && !caller.bearer) {
            return failure{errc::issuer_credential_refused};
        }
        const auto text = caller.api_key ? *caller.api_key : *caller.bearer;
        return caller.api_key || looks_like_issuer_key(text) ? admit_key(text, caller)
                                                             : admit_session(text, caller);
    }
    if (modes_.has(issuer_mode::none)) {
        return grantor{.how = grantor::kind::anyone};
    }
    if (modes_.has(issuer_mode::local) && caller.is_loopback_peer && !caller.is_forwarded &&
        caller.has_loopback_host && !caller.has_foreign_origin) {
        return grantor{};
    }
    return failure{is_closed() ? errc::issuer_closed : errc::issuer_credential_missing};
}

result<grantor> issuer_gate::admit_key(std::string_view text, const mint_caller& caller) const {
    if (!keys_) {
        return failure{errc::issuer_credential_refused};
    }
    const auto key = keys_->find(text, std::chrono::floor<std::chrono::seconds>(caller.now));
    if (!key) {
        return key.error();
    }
    if (const auto paid = keys_->charge(**key, caller.steady_now); !paid) {
        return paid.error();
    }
    return grantor{.how = grantor::kind::key, .key = *key};
}

result<grantor> issuer_gate::admit_session(std::string_view text, const mint_caller& caller) const {
    if (!sessions_) {
        return failure{feed_ != nullptr ? errc::session_keys_unavailable
                                        : errc::issuer_credential_refused};
    }
    auto user = sessions_->verify(text, caller.now, caller.is_slowed);
    if (!user) {
        if (feed_ != nullptr && user.error() == failure{errc::session_invalid, "kid"}) {
            feed_->ask_again();
        }
        return user.error();
    }
    return grantor{.how = grantor::kind::session, .user = std::move(*user)};
}

result<void> issuer_gate::permit(const grantor& who, std::string_view user_id, media_kind type,
                                 std::string_view trainer_id) {
    if (who.how == grantor::kind::session && !who.user.is_issuer && who.user.user_id != user_id) {
        return failure{errc::session_mismatch, "user_id"};
    }
    return who.key != nullptr ? core::permit(*who.key, type, trainer_id) : result<void>{};
}

} // namespace sluice::core
