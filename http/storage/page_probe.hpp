#pragma once
// Asks whether bytes of a file are in the page cache, without waiting for them. Reads nothing and
// remembers nothing. Used by http/storage/residence.cpp and http/storage/cold_read.cpp.

#include <cstdint>

namespace sluice::http {

enum class warmth : std::uint8_t {
    warm,    // all bytes that were asked for are: a read does not wait
    cold,    // some are not, or are still being read
    unknown, // the file system does not say
};

/// The distance between two bytes that are asked for. Files are read ahead and evicted in runs of
/// pages, so one byte speaks for its neighbours. At 64 KiB the questions cost 10 % of a warm
/// transfer (docs/decisions/0032).
enum class stride : std::uint64_t { near = 256 * 1024, far = 512 * 1024 };

/// Asks for one byte in each stride of the `length` bytes from `first` on, and for the last one, by
/// preadv2(RWF_NOWAIT). `follows_warm`: the byte before `first` is known to be warm, so the first
/// one is not asked for. cachestat(2) and mincore(2) cannot be trusted: cachestat counts pages that
/// are still being read, and both tell nobody but the owner of a file.
[[nodiscard]] warmth look_at_pages(int file, std::uint64_t first, std::uint64_t length,
                                   stride apart, bool follows_warm) noexcept;

/// The answer of cachestat(2) just after the bytes have been read: does the kernel keep them? A
/// file system that bypasses the page cache (direct I/O) reads them again each time. `unknown`
/// counts as no.
[[nodiscard]] warmth are_kept(int file, std::uint64_t first, std::uint64_t length) noexcept;

} // namespace sluice::http
