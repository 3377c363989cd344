#pragma once
// Public keys that verify JWS signatures: RS256 (RFC 7518 §3.3), ES256 (§3.4) and EdDSA with
// Ed25519 (RFC 8037 §3.1). A key has exactly one algorithm, its own (RFC 8725 §3.1): what a token's
// header says has no influence. Reads public keys only; whoever configures a private one is told.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

struct evp_pkey_st;

namespace sluice::crypto {

enum class signature_algorithm : std::uint8_t { rs256, es256, eddsa };

/// As `alg` has it: "RS256", "ES256", "EdDSA".
[[nodiscard]] std::string_view name_of(signature_algorithm algorithm) noexcept;

/// Why a text or a set of numbers is no key we take.
enum class key_fault : std::uint8_t {
    none,
    unreadable,  // not a PEM block "PUBLIC KEY", or not a valid key in it
    is_private,  // a private key: it has no place on this machine
    unsupported, // another kind of key: not RSA, P-256 or Ed25519
    bad_size,    // RSA below 2048 bits (RFC 7518 §3.3), or above 8192, which only costs time
};

/// Immutable; verify() may be called by several threads at once.
class public_key {
  public:
    /// One PEM block "PUBLIC KEY" (RFC 7468 §13) and nothing but white space around it. nullopt:
    /// `why` says so.
    [[nodiscard]] static std::optional<public_key> from_pem(std::string_view pem, key_fault& why);
    /// Big-endian numbers, as a JWK has them decoded (RFC 7518 §6.3.1). The exponent is odd and at
    /// least 3, of at most 64 bits.
    [[nodiscard]] static std::optional<public_key>
    from_rsa(std::string_view modulus, std::string_view exponent, key_fault& why);
    /// Coordinates of 32 bytes each (RFC 7518 §6.2.1); the point must be on the curve.
    [[nodiscard]] static std::optional<public_key> from_p256(std::string_view x, std::string_view y,
                                                             key_fault& why);
    /// 32 bytes (RFC 8037 §2), not a point of small order, which would vouch for everybody.
    [[nodiscard]] static std::optional<public_key> from_ed25519(std::string_view x, key_fault& why);

    [[nodiscard]] signature_algorithm algorithm() const noexcept { return algorithm_; }

    /// True when the private half signed `message`. `signature` is as a JWS carries it, decoded:
    /// as long as the modulus, or 64 bytes; any other length is no signature.
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
