#pragma once
// The compact serialisation of a JWS (RFC 7515 §7.1) with HMAC-SHA256: splits, verifies and signs.
// Does not parse JSON: a header or payload leaves this layer only as bytes whose signature has been
// verified. Public keys are in crypto/public_jws.hpp. Used by core/token, core/issuer and the token
// commands in app.

#include "crypto/base64url.hpp"
#include "crypto/hmac_sha256.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::crypto {

/// The longest token that is processed (docs/security.md, threat 7).
inline constexpr std::size_t max_token_bytes = 4096;

/// A token split at its two dots: the signature is decoded, the other parts are views of the
/// encoded token.
class compact_jws {
  public:
    /// nullopt unless `token` is at most max_token_bytes of exactly three non-empty parts and the
    /// third decodes, canonically, to 32 bytes.
    [[nodiscard]] static std::optional<compact_jws> split(std::string_view token) noexcept;

    [[nodiscard]] std::string_view encoded_header() const noexcept { return header_; }

    /// True when `key` made the signature. The duration does not depend on the signature's value.
    [[nodiscard]] bool is_signed_by(const hmac_key& key) const noexcept;

  private:
    friend class verified_jws;
    compact_jws() = default;

    std::string_view signing_input_;
    std::string_view header_;
    std::string_view payload_;
    mac_tag signature_{};
};

/// The parts of a verified token to decode. A header that is known byte for byte need not be
/// decoded.
enum class jws_parts : bool { payload, header_and_payload };

/// The decoded header and payload of a token whose MAC has been verified; only verify() makes one.
class verified_jws {
    struct maker {
        explicit maker() = default;
    };

  public:
    /// Only for verify(), which builds in place: `maker` is private.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): bytes_ is left uninitialised on
    // purpose
    explicit verified_jws(maker) noexcept {}

    /// nullopt when `key` did not sign `token`, or a part is not canonical base64url. The MAC is
    /// checked before anything is decoded.
    [[nodiscard]] static std::optional<verified_jws>
    verify(const compact_jws& token, const hmac_key& key,
           jws_parts wanted = jws_parts::header_and_payload) noexcept;

    /// Verifies a token that any of `keys`, at most 32, may have signed. Tries every key, also
    /// after a match, so that the duration does not reveal which one matched. `signers` gets one
    /// bit for each matching key and is 0 when none matches.
    [[nodiscard]] static std::optional<verified_jws>
    verify(const compact_jws& token, std::span<const hmac_key* const> keys, std::uint32_t& signers,
           jws_parts wanted = jws_parts::header_and_payload) noexcept;

    /// Decoded bytes: JSON by the standard, but not checked yet. The header is empty when it was
    /// not requested.
    [[nodiscard]] std::string_view header() const noexcept { return {bytes_.data(), header_size_}; }
    [[nodiscard]] std::string_view payload() const noexcept {
        return {bytes_.data() + header_size_, payload_size_};
    }

  private:
    [[nodiscard]] bool decode(const compact_jws& token, jws_parts wanted) noexcept;

    // On the caller's stack and not zeroed, which saves an allocation and 3 KiB of stores for each
    // request.
    std::array<char, base64url_decoded_size(max_token_bytes)> bytes_;
    std::size_t header_size_ = 0;
    std::size_t payload_size_ = 0;
};

/// encoded_header "." base64url(payload) "." base64url(mac). `encoded_header` is already base64url.
[[nodiscard]] std::string sign_compact(std::string_view encoded_header, std::string_view payload,
                                       const hmac_key& key);
/// Writes the same to `out`, replacing its content and reusing its capacity.
void sign_compact(std::string_view encoded_header, std::string_view payload, const hmac_key& key,
                  std::string& out);

} // namespace sluice::crypto
