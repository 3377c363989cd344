#pragma once
// Allocates memory for key material from OpenSSL's secure heap. Its pages are excluded from core
// dumps (MADV_DONTDUMP), kept out of swap as far as RLIMIT_MEMLOCK allows, and surrounded by
// inaccessible guard pages. Memory is wiped when it is freed. Used by crypto/hmac_sha256.hpp and
// crypto/secret.hpp.

#include <cstddef>

namespace sluice::crypto {

/// Throws std::bad_alloc when the heap, which holds a few hundred keys, is full. Thread safe.
[[nodiscard]] void* take_secret_memory(std::size_t size);
void give_back_secret_memory(void* memory, std::size_t size) noexcept;

/// For containers and std::allocate_shared.
template <class T>
struct secret_allocator {
    using value_type = T;

    secret_allocator() = default;
    // Implicit, as the allocator requirements demand. NOLINTNEXTLINE(google-explicit-constructor)
    template <class Other>
    secret_allocator(const secret_allocator<Other>&) noexcept {}

    [[nodiscard]] T* allocate(std::size_t count) {
        return static_cast<T*>(take_secret_memory(count * sizeof(T)));
    }
    void deallocate(T* memory, std::size_t count) noexcept {
        give_back_secret_memory(memory, count * sizeof(T));
    }
    friend bool operator==(const secret_allocator&, const secret_allocator&) = default;
};

} // namespace sluice::crypto
