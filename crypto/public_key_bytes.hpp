#pragma once
// Recognises a public key in any of its encodings. A public key must never serve as an HMAC secret,
// because anyone can read it (RFC 8725 §2.1). Does not validate keys: crypto/public_key.hpp does.
// Used by core/issuer/session_keys.

#include <string_view>

namespace sluice::crypto {

/// True for PEM of any kind, and for DER of a SubjectPublicKeyInfo, of PKCS #1 or of an X.509
/// certificate.
[[nodiscard]] bool looks_like_public_key(std::string_view bytes);

} // namespace sluice::crypto
