#pragma once
// SHA-256 (FIPS 180-4) of one message. Not a MAC: crypto/hmac_sha256.hpp is. Used by
// core/issuer/issuer_key.

#include <array>
#include <string_view>

namespace sluice::crypto {

using sha256_digest = std::array<unsigned char, 32>;

[[nodiscard]] sha256_digest sha256(std::string_view message) noexcept;

} // namespace sluice::crypto
