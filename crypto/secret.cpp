#include "crypto/secret.hpp"

#include <cstring>
#include <utility>

namespace sluice::crypto {

void wipe(void* data, std::size_t size) noexcept {
    if (size != 0) { // an empty vector may have a null address, which must not be passed on
        ::explicit_bzero(data, size); // of glibc; OpenSSL's version works byte by byte
    }
}

secret::secret(std::string_view bytes) : bytes_(bytes.begin(), bytes.end()) {}

// Moving a vector transfers its only buffer, so that nothing remains to wipe.
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
