#pragma once
// The compact serialisation of a JWS (RFC 7515 §7.1) with HMAC-SHA256: split, verify, sign. Knows
// no JSON: a header or payload leaves this layer only as bytes that a key has vouched for.

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

/// Longest token that is looked at (docs/security.md, threat 7).
inline constexpr std::size_t max_token_bytes = 4096;

/// A token cut at its two dots: signature decoded, the other parts still encoded. Views into the
/// token.
class compact_jws {
  public:
    /// nullopt unless `token` is at most max_token_bytes of exactly three non-empty parts and the
    /// third decodes, canonically, to 32 bytes.
    [[nodiscard]] static std::optional<compact_jws> split(std::string_view token) noexcept;

    [[nodiscard]] std::string_view encoded_header() const noexcept { return header_; }

    /// True when `key` made the signature. Constant time in the signature.
    [[nodiscard]] bool is_signed_by(const hmac_key& key) const noexcept;

  private:
    friend class verified_jws;
    compact_jws() = default;

    std::string_view signing_input_;
    std::string_view header_;
    std::string_view payload_;
    mac_tag signature_{};
};

/// What of a verified token is decoded. A header that is known to the byte need not be.
enum class jws_parts : bool { payload, header_and_payload };

/// Header and payload, decoded, of a token whose MAC holds; only verify() makes one.
class verified_jws {
    struct maker {
        explicit maker() = default;
    };

  public:
    /// For verify() alone, which builds in place: `maker` is private.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): bytes_ stays as it is on purpose
    explicit verified_jws(maker) noexcept {}

    /// nullopt when `key` did not sign `token`, or a part is not canonical base64url. The MAC is
    /// checked before anything is decoded.
    [[nodiscard]] static std::optional<verified_jws>
    verify(const compact_jws& token, const hmac_key& key,
           jws_parts wanted = jws_parts::header_and_payload) noexcept;

    /// The same for a token that any of `keys` may have signed, at most 32. Every key is tried,
    /// also after one fits, so that the time taken does not tell which; `signers` gets a bit for
    /// each that did, and is 0 when none did.
    [[nodiscard]] static std::optional<verified_jws> verify(const compact_jws& token,
                                                            std::span<const hmac_key* const> keys,
                                                            std::uint32_t& signers) noexcept;

    /// Decoded bytes: JSON by the standard, not yet checked to be. The header is empty where it was
    /// not wanted.
    [[nodiscard]] std::string_view header() const noexcept { return {bytes_.data(), header_size_}; }
    [[nodiscard]] std::string_view payload() const noexcept {
        return {bytes_.data() + header_size_, payload_size_};
    }

  private:
    [[nodiscard]] bool decode(const compact_jws& token, jws_parts wanted) noexcept;

    // On the caller's stack, and not zeroed: no allocation and no 3 KiB of stores for each request.
    std::array<char, base64url_decoded_size(max_token_bytes)> bytes_;
    std::size_t header_size_ = 0;
    std::size_t payload_size_ = 0;
};

/// encoded_header "." base64url(payload) "." base64url(mac). `encoded_header` is already base64url.
[[nodiscard]] std::string sign_compact(std::string_view encoded_header, std::string_view payload,
                                       const hmac_key& key);
/// The same in place of `out`, whose capacity is reused.
void sign_compact(std::string_view encoded_header, std::string_view payload, const hmac_key& key,
                  std::string& out);

} // namespace sluice::crypto
