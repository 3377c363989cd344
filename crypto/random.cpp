#include "crypto/random.hpp"

#include "crypto/base64url.hpp"
#include "crypto/secret.hpp"

#include <openssl/rand.h>

#include <limits>
#include <span>
#include <stdexcept>
#include <utility>

namespace sluice::crypto {

namespace {

constexpr std::size_t token_id_bytes = 16; // 128 bits: no two tokens share one by chance

void fill(std::span<char> bytes) {
    if (std::cmp_greater(bytes.size(), std::numeric_limits<int>::max()) ||
        RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                   static_cast<int>(bytes.size())) != 1) {
        throw std::runtime_error("the random number generator failed");
    }
}

} // namespace

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    fill(bytes);
    return bytes;
}

std::string random_token_id() {
    return base64url_encode(random_bytes(token_id_bytes));
}

token_id_source::~token_id_source() {
    wipe(bits_.data(), bits_.size());
}

void token_id_source::next(std::string& out) {
    static_assert(std::tuple_size_v<decltype(bits_)> % token_id_bytes == 0);
    if (used_ == bits_.size()) {
        fill(bits_);
        used_ = 0;
    }
    char* const own = bits_.data() + used_;
    out.clear();
    base64url_append({own, token_id_bytes}, out);
    wipe(own, token_id_bytes);
    used_ += token_id_bytes;
}

} // namespace sluice::crypto
