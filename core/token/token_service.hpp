#pragma once
// Issues and authorises download tokens. MAC first: no byte of a token is parsed as JSON before a
// key of ours has vouched for it (docs/decisions).

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

/// When a key is in use, in seconds since 1970.
struct key_window {
    std::optional<std::int64_t> not_before{}; // signs from then on; verifies before, too
    std::optional<std::int64_t> not_after{};  // verifies until then
};

/// A key and its name; knows the encoded JOSE header it writes, so that a token of our own is
/// recognised by comparing bytes.
class signing_key {
  public:
    /// `kid` must satisfy is_key_id.
    signing_key(std::string kid, crypto::hmac_key key, key_window window = {});

    [[nodiscard]] const std::string& kid() const noexcept { return kid_; }
    [[nodiscard]] const crypto::hmac_key& key() const noexcept { return key_; }
    [[nodiscard]] std::string_view encoded_header() const noexcept { return encoded_header_; }
    [[nodiscard]] const key_window& window() const noexcept { return window_; }

  private:
    std::string kid_;
    crypto::hmac_key key_;
    key_window window_;
    std::string encoded_header_;
};

/// Most keys a ring may hold: a foreign token costs one MAC for each.
inline constexpr std::size_t max_keys = 16;

/// At least one key, newest first. The first whose not_before has come signs, the last one where
/// none has; all verify, each as long as a token of its may live: until its not_after, or until
/// `grace` after a newer key began to sign. Immutable.
class key_ring {
  public:
    /// Throws std::invalid_argument when empty, over max_keys, or two keys share a kid.
    explicit key_ring(std::vector<signing_key> keys);
    [[nodiscard]] const std::vector<signing_key>& keys() const noexcept { return keys_; }
    [[nodiscard]] const signing_key& newest() const noexcept { return keys_.front(); }
    [[nodiscard]] const signing_key& signer(std::chrono::sys_seconds now) const noexcept;
    /// True when no token of the key `kid` is good any more. `grace` is the longest life of one.
    [[nodiscard]] bool is_over(std::string_view kid, std::chrono::sys_seconds now,
                               std::chrono::seconds grace) const noexcept;
    [[nodiscard]] const signing_key& oldest() const noexcept { return keys_.back(); }

  private:
    std::vector<signing_key> keys_;
    bool has_windows_ = false; // else nothing has to be looked at
};

/// What the operator decides about tokens.
struct token_policy {
    std::chrono::seconds default_ttl{900};
    std::chrono::seconds max_ttl{86400};
    std::chrono::seconds leeway{0}; // for iat and nbf that lie ahead; never for exp
    std::uint64_t rate = 0;         // bytes per second, written as rate; 0: not written
    std::string issuer{};           // when set: written as iss and required
    std::string audience{};         // when set: written as aud and required
};

/// What a token is asked for. The user has been checked by the caller.
struct token_order {
    const media_id& media;
    std::string_view user_id;
    std::optional<std::chrono::seconds> ttl; // clamped to max_ttl; nullopt: default_ttl
    std::chrono::sys_seconds now;            // from when it is valid
    /// Of a presentation: the trainer whose course is meant. Empty: whoever has it (claims::owner).
    std::string_view owner{};
    /// When the right to it ends, in Unix time: clamps exp (docs/security.md, threat 56). REQUIRES:
    /// later than now.
    std::optional<std::int64_t> until{};
};

struct issued_token {
    std::string token;
    std::string jti;
    std::chrono::seconds expires_in{};
};

/// What a thread that issues many tokens keeps from one to the next: buffers, so that issuing
/// allocates nothing, and random bits.
struct token_press {
    issued_token token; // the last one
    core::claims claims;
    std::string payload;
    crypto::token_id_source ids;
    std::string url_path; // room for a caller's own
};

class token_service {
  public:
    token_service(const key_ring& keys, token_policy policy);

    /// The token is the one in `with`.
    const issued_token& issue(const token_order& order, token_press& with) const;
    /// The same for a caller that needs one.
    [[nodiscard]] issued_token issue(const media_id& media, std::string_view user_id,
                                     std::optional<std::chrono::seconds> ttl,
                                     std::chrono::sys_seconds now,
                                     std::string_view owner = {}) const;

    /// MAC, then header, claims and time (the order of docs/security.md); leaves the claims in
    /// `out`. Which media they are bound to is not judged.
    [[nodiscard]] result<void> verify(std::string_view token,
                                      std::chrono::system_clock::time_point now, claims& out) const;

    /// verify(), then the binding: token_mismatch when the token names other media than `wanted`.
    /// Whose course it is now (claims::owner) is for media_library::open() to judge.
    [[nodiscard]] result<void> authorise(std::string_view token, const media_id& wanted,
                                         std::chrono::system_clock::time_point now,
                                         claims& out) const;

    [[nodiscard]] const token_policy& policy() const noexcept { return policy_; }

  private:
    const key_ring& keys_;
    token_policy policy_;
};

} // namespace sluice::core
