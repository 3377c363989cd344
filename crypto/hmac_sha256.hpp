#pragma once
// HMAC-SHA256 (RFC 2104, FIPS 198-1) on OpenSSL's SHA-256, with the key schedule computed once:
// mac() starts from the two saved mid-states and allocates nothing. Not for short table keys:
// crypto/siphash.hpp is. Used by crypto/jws.hpp and by the rooms of core that sign or derive keys.

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace sluice::crypto {

using mac_tag = std::array<unsigned char, 32>;

/// The shortest accepted key (RFC 7518 §3.2).
inline constexpr std::size_t min_key_bytes = 32;

/// True when both ranges are equal; the duration depends on the length only (CRYPTO_memcmp). Ranges
/// of different length are unequal.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

/// A key, immutable after make(); copies share its state, which lies in secret memory and is wiped
/// with the last of them. mac() is const and thread safe. A moved-from key can only be assigned to
/// or destroyed.
class hmac_key {
  public:
    /// nullopt when `key` is shorter than min_key_bytes.
    [[nodiscard]] static std::optional<hmac_key> make(std::string_view key);
    /// Any length, for keys that another system chose: published test vectors, and the keys of
    /// object stores (AWS Signature Version 4 derives from a secret of the store's length).
    [[nodiscard]] static hmac_key make_of_any_size(std::string_view key);

    /// A key of the same MACs, which hashes the first 64 bytes of `start` now: a message that
    /// begins with them needs one block less. Without effect when `start` is shorter.
    [[nodiscard]] hmac_key expecting(std::string_view start) const;

    [[nodiscard]] mac_tag mac(std::string_view message) const noexcept;

    /// Constant-time comparison of mac(message) with `tag`.
    [[nodiscard]] bool verify(std::string_view message, std::string_view tag) const noexcept;

  private:
    // One SHA256_CTX each, after the padded key block; opaque here so that no header includes
    // OpenSSL.
    struct state {
        alignas(8) std::array<unsigned char, 112> bytes{};
    };
    struct states {
        state inner;
        state outer;
        bool has_start = false; // see expecting()
        std::array<char, 64> start{};
        state after_start; // `inner` after the bytes of `start`
    };
    explicit hmac_key(std::shared_ptr<const states> made) noexcept : states_(std::move(made)) {}

    std::shared_ptr<const states> states_;
};

} // namespace sluice::crypto
