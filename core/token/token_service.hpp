#pragma once
// Issues and verifies download tokens. The MAC comes first: no byte of a token is parsed as JSON
// before its MAC has been verified (docs/decisions). Does not decide who gets a token (core/issuer)
// and reads no files (core/token/key_file.hpp). Used by http/handlers, app/service and
// app/commands.

#include "core/base/result.hpp"
#include "core/media/media_id.hpp"
#include "core/token/claims.hpp"
#include "crypto/hmac_sha256.hpp"
#include "crypto/random.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// True for [A-Za-z0-9._-]{1,64} (docs/security.md, threat 5).
[[nodiscard]] bool is_key_id(std::string_view text) noexcept;

/// The period of use of a key, in seconds since 1970.
struct key_window {
    std::optional<std::int64_t> not_before{}; // signs from then on; verifies before it too
    std::optional<std::int64_t> not_after{};  // verifies until then
};

/// A key, its name and its encoded JOSE headers, so that the header of a token is recognised by
/// comparing bytes.
class signing_key {
  public:
    /// `kid` must satisfy is_key_id.
    signing_key(std::string kid, const crypto::hmac_key& key, key_window window = {});

    [[nodiscard]] const std::string& kid() const noexcept { return kid_; }
    [[nodiscard]] const crypto::hmac_key& key() const noexcept { return key_; }
    [[nodiscard]] std::string_view encoded_header() const noexcept { return encoded_header_; }
    /// True when `encoded` is a usual header that names this key.
    [[nodiscard]] bool is_named_by(std::string_view encoded) const noexcept;
    [[nodiscard]] const key_window& window() const noexcept { return window_; }

  private:
    std::string kid_;
    std::string encoded_header_;
    crypto::hmac_key key_; // expects the start of a token of ours
    key_window window_;
    std::vector<std::string> usual_headers_; // other spellings
};

/// The largest number of keys in a ring: a foreign token costs one MAC for each.
inline constexpr std::size_t max_keys = 16;

/// At least one key, newest first. The first key whose not_before has passed signs; the last one
/// when there is none. All keys verify, each until its not_after, or until `grace` after a newer
/// key began to sign, when all its tokens have expired. Immutable.
class key_ring {
  public:
    /// Throws std::invalid_argument when empty, over max_keys, or two keys share a kid.
    explicit key_ring(std::vector<signing_key> keys);
    [[nodiscard]] const std::vector<signing_key>& keys() const noexcept { return keys_; }
    [[nodiscard]] const signing_key& newest() const noexcept { return keys_.front(); }
    [[nodiscard]] const signing_key& signer(std::chrono::sys_seconds now) const noexcept;
    /// True when no token of the key `kid` is valid any more. `grace` is the longest lifetime of a
    /// token.
    [[nodiscard]] bool is_over(std::string_view kid, std::chrono::sys_seconds now,
                               std::chrono::seconds grace) const noexcept;
    [[nodiscard]] const signing_key& oldest() const noexcept { return keys_.back(); }
    /// The `kid` of an encoded header of a usual form, empty when it has none; nullopt when the
    /// header has to be read.
    [[nodiscard]] std::optional<std::string_view>
    kid_of_usual_header(std::string_view encoded) const noexcept;

  private:
    std::vector<signing_key> keys_;
    std::vector<std::string> nameless_headers_; // usual headers without kid
    bool has_windows_ = false;                  // false: no times need to be checked
};

/// The operator's settings for tokens.
struct token_policy {
    std::chrono::seconds default_ttl{900};
    std::chrono::seconds max_ttl{86400};
    std::chrono::seconds default_resume{0}; // the resume window, from exp on; 0: none
    std::chrono::seconds max_resume{604800};
    std::chrono::seconds leeway{0}; // for iat and nbf that lie ahead; never for exp
    std::uint64_t rate = 0;         // bytes per second, written as rate; 0: not written
    std::string issuer{};           // when set: written as iss, and required
    std::string audience{};         // when set: written as aud and required
};

/// A request for a token. The caller has checked the user.
struct token_order {
    const media_id& media;
    std::string_view user_id;
    std::optional<std::chrono::seconds> ttl; // clamped to max_ttl; nullopt: default_ttl
    std::chrono::sys_seconds now;            // start of validity
    /// For a presentation: the trainer whose course is meant. Empty: the trainer that has the
    /// course (claims::owner).
    std::string_view owner{};
    /// The end of the right to it, in Unix time: limits exp and resume_until (docs/security.md,
    /// threat 56). REQUIRES: later than now.
    std::optional<std::int64_t> until{};
    /// Seconds after exp in which a download that has begun may be continued; clamped to
    /// max_resume. nullopt: default_resume.
    std::optional<std::chrono::seconds> resume{};
};

struct issued_token {
    std::string token;
    std::string jti;
    std::chrono::seconds expires_in{};
    std::chrono::seconds resume_expires_in{}; // to the end of the resume window; 0: none
};

/// The state that a thread keeps between the tokens it issues: buffers, so that issuing allocates
/// nothing, and random bits.
struct token_press {
    issued_token token; // the last one
    core::claims claims;
    std::string payload;
    crypto::token_id_source ids;
    std::string url_path; // buffer for the caller
};

/// Checks tokens. From exp until resume_until a token can only continue a download: verify() and
/// authorise() reject it with token_expired. For a request that asks for a later part of a file,
/// the caller then calls authorise_resume() (docs/decisions/0033-resume-window.md).
class token_service {
  public:
    token_service(const key_ring& keys, token_policy policy);

    /// Issues a token; the result is in `with`.
    const issued_token& issue(const token_order& order, token_press& with) const;
    /// Issues a single token.
    [[nodiscard]] issued_token issue(const media_id& media, std::string_view user_id,
                                     std::optional<std::chrono::seconds> ttl,
                                     std::chrono::sys_seconds now,
                                     std::string_view owner = {}) const;

    /// Verifies the MAC, then the header, the claims and the times (the order of docs/security.md),
    /// and stores the claims in `out`. Does not check which media they name.
    [[nodiscard]] result<void> verify(std::string_view token,
                                      std::chrono::system_clock::time_point now, claims& out) const;

    /// verify(), then the binding: token_mismatch when the token names other media than `wanted`.
    /// media_library::open() checks whose course it is now (claims::owner).
    [[nodiscard]] result<void> authorise(std::string_view token, const media_id& wanted,
                                         std::chrono::system_clock::time_point now,
                                         claims& out) const;

    /// Judges once more a token that authorise() has rejected with token_expired, at the same
    /// `now`: succeeds in its resume window when it is bound to `wanted`. Verifies no MAC: `read`
    /// holds the claims from that call. Fails with token_expired outside the window,
    /// token_not_yet_valid or token_mismatch.
    [[nodiscard]] result<void> authorise_resume(const media_id& wanted,
                                                std::chrono::system_clock::time_point now,
                                                claims& read) const;

    [[nodiscard]] const token_policy& policy() const noexcept { return policy_; }

  private:
    const key_ring& keys_;
    token_policy policy_;
};

} // namespace sluice::core
