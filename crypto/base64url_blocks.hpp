#pragma once
// Decodes and encodes base64url sixteen characters at a time, where the processor can (SSSE3,
// amd64). Not a complete codec: it leaves the end of every text, and all of it on other processors,
// to crypto/base64url.cpp, its only user.

#include <cstddef>
#include <string_view>

namespace sluice::crypto {

/// Decodes the front of `text` into `out`, which has room for all of it. Returns the number of
/// characters that were decoded, a multiple of 16; 0 when the processor cannot. Stops before a
/// character outside the alphabet.
[[nodiscard]] std::size_t decode_base64url_blocks(std::string_view text, char* out) noexcept;

/// Encodes the front of `bytes` into `out`, which has room for all of it. Returns the number of
/// bytes that were encoded, a multiple of 12; 0 when the processor cannot.
[[nodiscard]] std::size_t encode_base64url_blocks(std::string_view bytes, char* out) noexcept;

} // namespace sluice::crypto
