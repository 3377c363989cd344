#pragma once
// Whether bytes of a file lie in the page cache, asked without waiting for them.

#include <cstdint>

namespace sluice::http {

enum class warmth : std::uint8_t {
    warm,    // they do, as far as was looked: a read does not wait
    cold,    // some do not, or are still being read
    unknown, // the file system does not say
};

/// One byte in 64 KiB of `length` bytes from `first` on, and the last, by preadv2(RWF_NOWAIT). What
/// else there is cannot be trusted: cachestat(2) counts pages that are still being read, and like
/// mincore(2) tells nobody but the owner of a file (docs/decisions/0032).
[[nodiscard]] warmth look_at_pages(int file, std::uint64_t first, std::uint64_t length) noexcept;

/// What cachestat(2) says just after the bytes have been read, where it says anything: are they
/// kept at all? A file system that keeps none (direct I/O) reads anew each time. `unknown` is its
/// no.
[[nodiscard]] warmth are_kept(int file, std::uint64_t first, std::uint64_t length) noexcept;

} // namespace sluice::http
