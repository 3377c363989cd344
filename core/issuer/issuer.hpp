#pragma once
// Who may have a token: the gate (is this caller heard at all?) and the entitlement (may this user
// have this media?). Both are seams: more credentials and a grant store join them without a change
// in http.

#include "core/base/result.hpp"
#include "core/issuer/issuer_key.hpp"
#include "core/issuer/issuer_mode.hpp"
#include "core/issuer/session_token.hpp"
#include "core/media/media_id.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// What is known of whoever asks for a token, as far as the gate judges it. Views into the request.
struct mint_caller {
    bool is_loopback_peer = false;   // by TCP, without a PROXY header
    bool is_forwarded = false;       // with Forwarded, X-Forwarded-* or the like; loopback only
    bool has_loopback_host = false;  // asked for localhost, 127.0.0.0/8 or [::1]
    bool has_foreign_origin = false; // sent by a page of an origin that is not on the allow-list

    result<std::string_view> bearer = failure{errc::credential_missing}; // of Authorization
    std::optional<std::string_view> api_key{};                           // of X-Api-Key
    std::chrono::system_clock::time_point now{};
    std::chrono::steady_clock::time_point steady_now{};
    bool is_slowed = false; // too many bad credentials came from where it asks
};

/// As whom a caller was let in.
struct grantor {
    enum class kind : std::uint8_t { local, anyone, key, session };
    kind how = kind::local;
    const issuer_key* key = nullptr; // of the gate
    session user{};

    /// For the audit: "key:lms", "user:u1", "local" or "anyone".
    [[nodiscard]] std::string name() const;
    /// False when the word of the key is enough.
    [[nodiscard]] bool needs_entitlement() const noexcept {
        return key == nullptr || key->trust == issuer_trust::entitled;
    }
    /// `asked`, or `usual`, as far as the key allows.
    [[nodiscard]] std::optional<std::chrono::seconds>
    limit(std::optional<std::chrono::seconds> asked, std::chrono::seconds usual) const;
};

/// Decides which callers are heard. In `automatic` everybody needs a credential, so nobody is heard
/// where none is configured: the service cannot tell a stranger behind an untuned proxy from this
/// machine (docs/security.md, threat 52). In `local` this machine needs none. The rule is for
/// development: it refuses other machines, proxies that announce themselves, and web pages in the
/// developer's own browser (the idea of Redis's protected mode), but not a proxy that adds nothing.
class issuer_gate {
  public:
    /// Keys and sessions that are configured; each is accepted when it is there.
    issuer_gate(issuer_modes modes, std::optional<issuer_keys> keys = std::nullopt,
                std::optional<session_verifier> sessions = std::nullopt);

    /// Fails with issuer_closed, issuer_credential_missing or _refused, issuer_key_invalid,
    /// rate_exceeded, session_invalid, session_expired or too_many_bad_credentials.
    [[nodiscard]] result<grantor> admit(const mint_caller& caller) const;

    /// Whether `who` may ask for this user and media at all; entitlement is another question.
    /// `trainer_id` owns the media, or is empty. Fails with issuer_not_permitted or
    /// session_mismatch.
    [[nodiscard]] static result<void> permit(const grantor& who, std::string_view user_id,
                                             media_kind type, std::string_view trainer_id);

  private:
    [[nodiscard]] result<grantor> admit_key(std::string_view text, const mint_caller& caller) const;
    [[nodiscard]] result<grantor> admit_session(std::string_view text,
                                                const mint_caller& caller) const;

    issuer_modes modes_;
    std::optional<issuer_keys> keys_;
    std::optional<session_verifier> sessions_;
};

/// That a user may have a token, and how long: no token outlives it (docs/security.md, threat 56).
struct permission {
    std::optional<std::int64_t> until{}; // Unix time from which it is no more; absent: it stays
};

/// A verdict, or the way to it.
struct entitlement_answer {
    /// Fails with not_entitled, the same whether or not the media exists; course_ambiguous only
    /// towards an owner.
    result<permission> verdict;
    /// When set, the verdict is not known yet and this finds it; fails with store_unavailable as
    /// well. It may block, so it runs where that harms nobody. It owns what it needs; what it
    /// refers to lasts as long as the process serves.
    std::function<result<permission>()> ask{};
};

class entitlements {
  public:
    virtual ~entitlements() = default;
    /// Whether anybody may ask for tokens of this user at `now`: a ban holds whoever asks, a
    /// trusted key included (docs/security.md, threat 57). Fails with user_banned, or
    /// store_unavailable while the bans are not known. Never blocks.
    [[nodiscard]] virtual result<void> admit(std::string_view user_id,
                                             std::chrono::sys_seconds now) const = 0;
    /// Whether this user may have a token for this media. Never blocks.
    [[nodiscard]] virtual entitlement_answer check(std::string_view user_id,
                                                   const media_id& media) const = 0;

  protected:
    entitlements() = default;
    entitlements(const entitlements&) = default;
    entitlements& operator=(const entitlements&) = default;
};

} // namespace sluice::core
