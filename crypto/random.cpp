#include "crypto/random.hpp"

#include "crypto/base64url.hpp"

#include <openssl/rand.h>

#include <limits>
#include <stdexcept>
#include <utility>

namespace sluice::crypto {

namespace {

constexpr std::size_t token_id_bytes = 16; // 128 bits: no two tokens share one by chance

} // namespace

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (std::cmp_greater(count, std::numeric_limits<int>::max()) ||
        RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
        throw std::runtime_error("the random number generator failed");
    }
    return bytes;
}

std::string random_token_id() {
    return base64url_encode(random_bytes(token_id_bytes));
}

} // namespace sluice::crypto
