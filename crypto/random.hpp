#pragma once
// Random bytes from OpenSSL's CSPRNG.

#include <cstddef>
#include <string>

namespace sluice::crypto {

/// Throws std::runtime_error when the generator fails: nothing sensible can be issued then.
[[nodiscard]] std::string random_bytes(std::size_t count);

/// 128 random bits as 22 base64url characters: a `jti`.
[[nodiscard]] std::string random_token_id();

} // namespace sluice::crypto
