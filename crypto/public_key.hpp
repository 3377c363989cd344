#pragma once
// Public keys that verify JWS signatures: RS256 (RFC 7518 §3.3), ES256 (§3.4) and EdDSA with
// Ed25519 (RFC 8037 §3.1). A key has exactly one algorithm (RFC 8725 §3.1); the header of a token
// cannot change it. Reads public keys only and reports a private one as an error. Used by
// crypto/public_jws.hpp and core/issuer/session_keys.hpp.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

struct evp_pkey_st;

namespace sluice::crypto {

enum class signature_algorithm : std::uint8_t { rs256, es256, eddsa };

/// The value of `alg`: "RS256", "ES256", "EdDSA".
[[nodiscard]] std::string_view name_of(signature_algorithm algorithm) noexcept;

/// The reason why a text or a set of numbers is not accepted as a key.
enum class key_fault : std::uint8_t {
    none,
    unreadable,  // not a PEM block "PUBLIC KEY", or no valid key in it
    is_private,  // a private key, which must not be on this machine
    unsupported, // another kind of key: not RSA, P-256 or Ed25519
    bad_size,    // RSA below 2048 bits (RFC 7518 §3.3), or above 8192, which only costs time
};

/// Immutable; verify() may be called by several threads at once.
class public_key {
  public:
    /// Reads one PEM block "PUBLIC KEY" (RFC 7468 §13) with only white space around it. Otherwise
    /// nullopt, and `why` gives the reason.
    [[nodiscard]] static std::optional<public_key> from_pem(std::string_view pem, key_fault& why);
    /// Big-endian numbers, decoded from a JWK (RFC 7518 §6.3.1). The exponent is odd and at least
    /// 3, of at most 64 bits.
    [[nodiscard]] static std::optional<public_key>
    from_rsa(std::string_view modulus, std::string_view exponent, key_fault& why);
    /// Coordinates of 32 bytes each (RFC 7518 §6.2.1); the point must be on the curve.
    [[nodiscard]] static std::optional<public_key> from_p256(std::string_view x, std::string_view y,
                                                             key_fault& why);
    /// 32 bytes (RFC 8037 §2). Rejects points of small order, with which anyone can forge
    /// signatures.
    [[nodiscard]] static std::optional<public_key> from_ed25519(std::string_view x, key_fault& why);

    [[nodiscard]] signature_algorithm algorithm() const noexcept { return algorithm_; }

    /// True when the private key signed `message`. `signature` is the decoded signature of a JWS:
    /// as long as the modulus, or 64 bytes; any other length fails.
    [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const noexcept;

  private:
    struct free_key {
        void operator()(evp_pkey_st* key) const noexcept;
    };
    using handle = std::unique_ptr<evp_pkey_st, free_key>;

    public_key(handle key, signature_algorithm algorithm) noexcept
        : key_(std::move(key)), algorithm_(algorithm) {}
    [[nodiscard]] static std::optional<public_key> adopt(handle key, key_fault& why);
    [[nodiscard]] static handle from_parameters(const char* type, void* builder);

    handle key_;
    signature_algorithm algorithm_;
};

} // namespace sluice::crypto
