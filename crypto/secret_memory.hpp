#pragma once
// Where key material lies: OpenSSL's secure heap, whose pages are left out of core dumps
// (MADV_DONTDUMP), kept out of swap as far as RLIMIT_MEMLOCK allows, and fenced by pages that
// nobody may touch. Wiped when it is given back.

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
    // Implicit, as what allocators are asked to be.
    // NOLINTNEXTLINE(google-explicit-constructor)
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
