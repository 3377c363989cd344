#pragma once
// Tells a public key from random bytes, in each of its spellings: what must never serve as an HMAC
// secret, because everybody has it (RFC 8725 §2.1).

#include <string_view>

namespace sluice::crypto {

/// True for PEM of any kind, and for DER of a SubjectPublicKeyInfo, of PKCS #1 or of an X.509
/// certificate.
[[nodiscard]] bool looks_like_public_key(std::string_view bytes);

} // namespace sluice::crypto
