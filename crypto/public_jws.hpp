#pragma once
// Verifies a compact JWS with a public key. As in verified_jws, no byte is parsed, and only the
// signature is decoded, before the signature is verified. Does not select the key. Used by
// core/issuer/session_token.

#include "crypto/public_key.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice::crypto {

class public_jws {
  public:
    /// nullopt when `token` is longer than max_token_bytes, is not three non-empty parts of
    /// canonical base64url, or was not signed by `key` with the key's own algorithm.
    [[nodiscard]] static std::optional<public_jws> verify(std::string_view token,
                                                          const public_key& key);

    /// Decoded bytes: JSON by the standard, but not checked yet.
    [[nodiscard]] std::string_view header() const noexcept { return header_; }
    [[nodiscard]] std::string_view payload() const noexcept { return payload_; }

  private:
    public_jws() = default;

    std::string header_;
    std::string payload_;
};

} // namespace sluice::crypto
