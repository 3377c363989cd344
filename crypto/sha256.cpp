#include "crypto/sha256.hpp"

#include <openssl/sha.h>

namespace sluice::crypto {

sha256_digest sha256(std::string_view message) noexcept {
    sha256_digest digest;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL counts in unsigned char
    SHA256(reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data());
    return digest;
}

} // namespace sluice::crypto
