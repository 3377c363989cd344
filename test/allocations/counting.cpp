// Replaces the program's allocation functions by functions that count. The linker wraps malloc and
// similar calls (test/CMakeLists.txt) in our own objects and in static libraries; Asio and
// OpenSSL's headers make such calls. Allocations inside shared libraries are not counted.

#include "test/allocations/counting.hpp"

#include <cstdlib>
#include <new>

// NOLINTBEGIN(bugprone-reserved-identifier, cppcoreguidelines-no-malloc): the linker's names
extern "C" {
void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t count, std::size_t size);
void* __real_realloc(void* old, std::size_t size);
void* __real_aligned_alloc(std::size_t alignment, std::size_t size);
}

namespace {
thread_local std::size_t allocations = 0; // what a disk's threads ask for is their own
} // namespace

namespace sluice::test {
std::size_t allocations_so_far() noexcept {
    return allocations;
}
} // namespace sluice::test

extern "C" {
void* __wrap_malloc(std::size_t size) {
    ++allocations;
    return __real_malloc(size);
}
void* __wrap_calloc(std::size_t count, std::size_t size) {
    ++allocations;
    return __real_calloc(count, size);
}
void* __wrap_realloc(void* old, std::size_t size) {
    ++allocations;
    return __real_realloc(old, size);
}
void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size) {
    ++allocations;
    return __real_aligned_alloc(alignment, size);
}
}

void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = __real_malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    ++allocations;
    const auto step = static_cast<std::size_t>(alignment);
    if (void* const memory = __real_aligned_alloc(step, (size + step - 1) / step * step)) {
        return memory;
    }
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
// NOLINTEND(bugprone-reserved-identifier, cppcoreguidelines-no-malloc)
