#pragma once
// base64url without padding (RFC 4648 §5), strict and canonical: one text per byte string. Padding,
// '+', '/', white space, a length of 1 mod 4 and non-zero trailing bits are rejected
// (docs/security.md, threat 7). Used by crypto, core and app/commands.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::crypto {

/// The number of characters that encode `bytes` bytes.
[[nodiscard]] constexpr std::size_t base64url_encoded_size(std::size_t bytes) noexcept {
    return bytes / 3 * 4 + (bytes % 3 == 0 ? 0 : bytes % 3 + 1);
}

/// The largest number of bytes that `characters` characters decode to.
[[nodiscard]] constexpr std::size_t base64url_decoded_size(std::size_t characters) noexcept {
    return characters / 4 * 3 + characters % 4 * 3 / 4;
}

/// Appends the encoding of `bytes` to `out`.
void base64url_append(std::string_view bytes, std::string& out);

[[nodiscard]] std::string base64url_encode(std::string_view bytes);

/// Decodes into `out`, which must hold base64url_decoded_size(text.size()) bytes. Returns the
/// number of bytes written, or nullopt when `text` is not canonical.
[[nodiscard]] std::optional<std::size_t> base64url_decode(std::string_view text,
                                                          char* out) noexcept;

[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

} // namespace sluice::crypto
