#pragma once
// The keys of back ends that may ask for tokens. A key is "sk_<name>_<43 characters>": the name is
// public and finds its entry, the rest are 256 random bits. Only the SHA-256 of the whole is kept.
// A slow hash is for passwords, which people choose; 256 random bits cannot be guessed at any
// speed, and a slow hash in front of the endpoint would be a way to exhaust it
// (docs/decisions/0014).

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

/// Whether a key's word is enough.
enum class issuer_trust : bool {
    entitled, // user_id must be entitled all the same
    trusted,  // the back end has decided
};

/// What one back end may do. Empty lists stand for everything.
struct issuer_key {
    std::string name;
    crypto::sha256_digest digest{};
    std::vector<media_kind> types{};
    std::vector<std::string> trainers{};
    std::optional<std::chrono::seconds> max_ttl{}; // at most tokens.max_ttl in any case
    unsigned rate = 0; // requests per second, and as many at once; 0: any
    issuer_trust trust = issuer_trust::entitled;
    std::optional<std::int64_t> not_after{}; // Unix time from which it is refused
};

/// A bucket of `rate` tokens that refills in a second (as GCRA: one number). Thread safe.
class rate_limiter {
  public:
    /// 0 lets everything pass.
    explicit rate_limiter(unsigned rate) noexcept;
    [[nodiscard]] bool take(std::chrono::steady_clock::time_point now) noexcept;

  private:
    std::int64_t interval_; // nanoseconds between two at the steady rate
    std::atomic<std::int64_t> next_{0};
};

/// All of them, immutable but for the buckets.
class issuer_keys {
  public:
    /// Several may share a name while one takes over from another.
    explicit issuer_keys(std::vector<issuer_key> keys);

    /// The key that `text` is. issuer_key_invalid when it is none of ours or retired at `now`: the
    /// same in the same time whether or not the name exists.
    [[nodiscard]] result<const issuer_key*> find(std::string_view text,
                                                 std::chrono::sys_seconds now) const;

    /// Counts a request against the rate of `key`, one that find() gave. rate_exceeded when it is
    /// over it.
    [[nodiscard]] result<void> charge(const issuer_key& key,
                                      std::chrono::steady_clock::time_point now) const;

    [[nodiscard]] const std::vector<issuer_key>& all() const noexcept { return keys_; }

  private:
    std::vector<issuer_key> keys_;
    std::unique_ptr<std::unique_ptr<rate_limiter>[]> limits_; // in the order of keys_
};

inline constexpr std::string_view issuer_key_prefix = "sk_";

/// True for what is meant as an issuer key, good or not.
[[nodiscard]] bool looks_like_issuer_key(std::string_view text) noexcept;

/// A new key for `name`, which must satisfy is_key_id. To be shown once and never kept.
[[nodiscard]] std::string make_issuer_key(std::string_view name);

/// Fails with issuer_not_permitted and the name of the restriction: "type", "trainer".
/// `trainer_id` is the owner of the media, empty when nobody knows it.
[[nodiscard]] result<void> permit(const issuer_key& key, media_kind type,
                                  std::string_view trainer_id);

} // namespace sluice::core
