#include "crypto/secret_memory.hpp"

#include <openssl/crypto.h>

#include <new>

namespace sluice::crypto {

namespace {

// Room for some hundred HMAC states of 256 bytes. All of it is resident when it can be locked.
constexpr std::size_t heap_bytes = 65536;
constexpr std::size_t smallest_block = 32;

} // namespace

void* take_secret_memory(std::size_t size) {
    // Without the secure heap (another part of the process has made one, or mmap failed), OpenSSL's
    // ordinary heap is used.
    [[maybe_unused]] static const int made = CRYPTO_secure_malloc_init(heap_bytes, smallest_block);
    void* const memory = OPENSSL_secure_malloc(size == 0 ? 1 : size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

void give_back_secret_memory(void* memory, std::size_t size) noexcept {
    OPENSSL_secure_clear_free(memory, size);
}

} // namespace sluice::crypto
