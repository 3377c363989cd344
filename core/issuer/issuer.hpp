#pragma once
// Decides who gets a token. The gate authenticates the caller; the entitlement decides whether the
// user may have the media. Both are interfaces: new credentials and a grant store are added without
// a change in http. Does not issue tokens: core/token/token_service.hpp does. Used by
// http/handlers/token_handler and app/service.

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

/// The properties of a token request that the gate checks. Views into the request.
struct mint_caller {
    bool is_loopback_peer = false;   // by TCP, without a PROXY header
    bool is_forwarded = false;       // with Forwarded, X-Forwarded-* or the like; loopback only
    bool has_loopback_host = false;  // the Host is localhost, 127.0.0.0/8 or [::1]
    bool has_foreign_origin = false; // sent by a page of an origin that is not on the allow-list

    result<std::string_view> bearer = failure{errc::credential_missing}; // of Authorization
    std::optional<std::string_view> api_key{};                           // of X-Api-Key
    std::chrono::system_clock::time_point now{};
    std::chrono::steady_clock::time_point steady_now{};
    bool is_slowed = false; // too many bad credentials came from its address
};

/// The authenticated caller.
struct grantor {
    enum class kind : std::uint8_t { local, anyone, key, session };
    kind how = kind::local;
    const issuer_key* key = nullptr; // owned by the gate
    session user{};

    /// For the audit: "key:lms", "user:u1", "local" or "anyone".
    [[nodiscard]] std::string name() const;
    /// False when the key is trusted, so that no entitlement is checked.
    [[nodiscard]] bool needs_entitlement() const noexcept {
        return key == nullptr || key->trust == issuer_trust::entitled;
    }
    /// `asked`, or `usual` without it, limited to the key's maximum: a lifetime, or a resume
    /// window.
    [[nodiscard]] std::optional<std::chrono::seconds>
    limit_ttl(std::optional<std::chrono::seconds> asked, std::chrono::seconds usual) const;
    [[nodiscard]] std::optional<std::chrono::seconds>
    limit_resume(std::optional<std::chrono::seconds> asked, std::chrono::seconds usual) const;
};

/// The URL at which the platform publishes the keys of its session tokens, as the gate sees it.
class key_set_feed {
  public:
    virtual ~key_set_feed() = default;
    /// A token named a key that the set does not have: the set may have changed. Thread safe, never
    /// blocks.
    virtual void ask_again() const noexcept = 0;

  protected:
    key_set_feed() = default;
    key_set_feed(const key_set_feed&) = default;
    key_set_feed& operator=(const key_set_feed&) = default;
};

/// Authenticates callers. In `automatic` every caller needs a credential, so every caller is
/// rejected when no kind of credential is configured: the service cannot distinguish a stranger
/// behind an untuned proxy from this machine (docs/security.md, threat 52). In `local`, requests
/// from this machine need no credential. That mode is for development: it rejects other machines,
/// proxies that announce themselves, and web pages in the developer's own browser (the idea of
/// Redis's protected mode), but it cannot detect a proxy that adds no field.
class issuer_gate {
  public:
    /// The configured keys and sessions; each kind is accepted when it is present. `feed` is where
    /// the keys of the sessions come from; null: a file. With a feed and without sessions, the keys
    /// have not arrived yet. References are kept.
    issuer_gate(issuer_modes modes, std::optional<issuer_keys> keys = std::nullopt,
                std::optional<session_verifier> sessions = std::nullopt,
                const key_set_feed* feed = nullptr);

    /// Fails with issuer_closed, issuer_credential_missing or _refused, issuer_key_invalid,
    /// rate_exceeded, session_invalid, session_expired, session_keys_unavailable or
    /// too_many_bad_credentials.
    [[nodiscard]] result<grantor> admit(const mint_caller& caller) const;

    /// Checks whether `who` may request tokens for this user and media; does not check the
    /// entitlement. `trainer_id` owns the media, or is empty. Fails with issuer_not_permitted or
    /// session_mismatch.
    [[nodiscard]] static result<void> permit(const grantor& who, std::string_view user_id,
                                             media_kind type, std::string_view trainer_id);

    /// Null: issuer keys are not accepted.
    [[nodiscard]] const issuer_keys* keys() const noexcept { return keys_ ? &*keys_ : nullptr; }

  private:
    [[nodiscard]] result<grantor> admit_key(std::string_view text, const mint_caller& caller) const;
    [[nodiscard]] result<grantor> admit_session(std::string_view text,
                                                const mint_caller& caller) const;
    [[nodiscard]] bool is_closed() const noexcept {
        return !keys_ && !sessions_ && feed_ == nullptr;
    }

    issuer_modes modes_;
    std::optional<issuer_keys> keys_;
    std::optional<session_verifier> sessions_;
    const key_set_feed* feed_;
};

/// The right of a user to a token, and its end: no token outlives it (docs/security.md, threat 56).
struct permission {
    std::optional<std::int64_t> until{}; // Unix time at which it ends; absent: no end
};

/// A verdict, or the function that finds it.
struct entitlement_answer {
    /// Fails with not_entitled, whether or not the media exists, or with course_ambiguous, which
    /// only an owner gets.
    result<permission> verdict;
    /// When set, the verdict is not known yet and this function finds it; it can also fail with
    /// store_unavailable. `trace_id` names the trace of the request for the logs of the database;
    /// empty: none. It may block, so it must run on a thread that serves no connections. It owns
    /// its data; the objects it refers to live as long as the process serves.
    std::function<result<permission>(std::string_view trace_id)> ask{};
};

class entitlements {
  public:
    virtual ~entitlements() = default;
    /// Checks whether tokens for this user may be issued at `now`. A ban applies to every caller,
    /// also to a trusted key (docs/security.md, threat 57). Fails with user_banned, or with
    /// store_unavailable while the bans are not known. Never blocks.
    [[nodiscard]] virtual result<void> admit(std::string_view user_id,
                                             std::chrono::sys_seconds now) const = 0;
    /// Checks whether this user may have a token for this media. Never blocks.
    [[nodiscard]] virtual entitlement_answer check(std::string_view user_id,
                                                   const media_id& media) const = 0;

  protected:
    entitlements() = default;
    entitlements(const entitlements&) = default;
    entitlements& operator=(const entitlements&) = default;
};

} // namespace sluice::core
