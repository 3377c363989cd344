#include "crypto/secret.hpp"

#include <cstring>
#include <utility>

namespace sluice::crypto {

void wipe(void* data, std::size_t size) noexcept {
    if (size != 0) { // an empty vector has no address, and that may not be handed on
        ::explicit_bzero(data, size); // glibc's; OpenSSL's own goes byte by byte
    }
}

secret::secret(std::string_view bytes) : bytes_(bytes.begin(), bytes.end()) {}

// Moving a vector hands its only buffer over: nothing stays behind to wipe.
secret::secret(secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

secret& secret::operator=(secret&& other) noexcept {
    if (this != &other) {
        wipe(bytes_.data(), bytes_.size());
        bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
}

secret::~secret() {
    wipe(bytes_.data(), bytes_.size());
}

} // namespace sluice::crypto
