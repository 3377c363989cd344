#pragma once
// Issuer keys: the credentials of back ends that request tokens. A key is "sk_<name>_<43
// characters>": the name is public and identifies the entry, the rest are 256 random bits. Only the
// SHA-256 of the whole is kept. Slow hashes protect passwords, which people choose; 256 random bits
// cannot be guessed at any speed, and a slow hash would let attackers exhaust the endpoint
// (docs/decisions/0014-issuer-credentials.md). Used by core/issuer/issuer.hpp and
// core/issuer/issuer_key_file.hpp.

#include "core/base/result.hpp"
#include "core/media/media_id.hpp"
#include "crypto/sha256.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// Whether the users of a key need an entitlement.
enum class issuer_trust : bool {
    entitled, // user_id must be entitled to the media
    trusted,  // the back end has decided; no entitlement is checked
};

/// The permissions of one back end. An empty list allows everything.
struct issuer_key {
    std::string name;
    crypto::sha256_digest digest{};
    std::vector<media_kind> types{};
    std::vector<std::string> trainers{};
    std::optional<std::chrono::seconds> max_ttl{};    // at most tokens.max_ttl in any case
    std::optional<std::chrono::seconds> max_resume{}; // likewise tokens.max_resume; 0: no window
    unsigned rate = 0; // requests per second, and as many in one burst; 0: unlimited
    issuer_trust trust = issuer_trust::entitled;
    std::optional<std::int64_t> not_after{};  // Unix time from which it is rejected
    std::optional<std::int64_t> created_at{}; // Unix time; absent when the entry does not say it
};

/// A bucket of `rate` tokens that refills in one second, kept as one number (GCRA). Thread safe.
class rate_limiter {
  public:
    /// 0: no limit.
    explicit rate_limiter(unsigned rate) noexcept;
    [[nodiscard]] bool take(std::chrono::steady_clock::time_point now) noexcept;

  private:
    std::int64_t interval_; // nanoseconds between two requests at the steady rate
    std::atomic<std::int64_t> next_{0};
};

/// All issuer keys; immutable except for the buckets.
class issuer_keys {
  public:
    /// Several keys may share a name while one replaces another.
    explicit issuer_keys(std::vector<issuer_key> keys);

    /// Finds the key `text`. Fails with issuer_key_invalid when it is unknown or retired at `now`.
    /// The result and the duration do not reveal whether the name exists.
    [[nodiscard]] result<const issuer_key*> find(std::string_view text,
                                                 std::chrono::sys_seconds now) const;

    /// Counts a request against the rate of `key`, which find() returned. Fails with rate_exceeded
    /// when the limit is reached.
    [[nodiscard]] result<void> charge(const issuer_key& key,
                                      std::chrono::steady_clock::time_point now) const;

    [[nodiscard]] const std::vector<issuer_key>& all() const noexcept { return keys_; }

  private:
    std::vector<issuer_key> keys_;
    std::unique_ptr<std::unique_ptr<rate_limiter>[]> limits_; // in the order of keys_
};

inline constexpr std::string_view issuer_key_prefix = "sk_";

/// True for a text with the prefix of an issuer key, valid or not.
[[nodiscard]] bool looks_like_issuer_key(std::string_view text) noexcept;

/// A new key for `name`, which must satisfy is_key_id. Callers show it once and never store it.
[[nodiscard]] std::string make_issuer_key(std::string_view name);

/// Fails with issuer_not_permitted and the name of the restriction: "type", "trainer". `trainer_id`
/// is the owner of the media, empty when unknown.
[[nodiscard]] result<void> permit(const issuer_key& key, media_kind type,
                                  std::string_view trainer_id);

} // namespace sluice::core
