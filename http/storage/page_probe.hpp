#pragma once
// Tests whether bytes of a file are in the page cache, without waiting for the disk. It loads no
// pages and remembers nothing: http/storage/residence.hpp remembers. Used by
// http/storage/residence.cpp and http/storage/cold_read.cpp.

#include <cstdint>

namespace sluice::http {

enum class warmth : std::uint8_t {
    warm,    // all tested bytes are in the page cache: a read does not wait
    cold,    // some bytes are not, or are still being read
    unknown, // the test is not supported, or not permitted
};

/// The distance between two tested bytes. The kernel reads ahead and evicts in runs of pages, so
/// the state of one byte is in most cases that of its neighbours. A distance of 64 KiB made a
/// transfer from memory cost 9.6 % more CPU (docs/decisions/0032-storage-threads.md).
enum class stride : std::uint64_t { near = 256 * 1024, far = 512 * 1024 };

/// Tests one byte in each stride of the `length` bytes from `first` on, and the last byte, by
/// preadv2(RWF_NOWAIT). `follows_warm`: the byte before `first` is known to be warm, so the first
/// byte is not tested. cachestat(2) and mincore(2) would give wrong results here: cachestat counts
/// pages that are still being read, and both answer correctly only for a caller that owns the file
/// or may write to it.
[[nodiscard]] warmth look_at_pages(int file, std::uint64_t first, std::uint64_t length,
                                   stride apart, bool follows_warm) noexcept;

/// Tests by cachestat(2) whether all pages of the bytes are in the page cache. The result is exact
/// for bytes that have just been read; for other bytes it is a hint, because pages that are still
/// being read count too. `cold` after a read means that the file system bypasses the page cache
/// (direct I/O). Callers treat `unknown` like `cold`.
[[nodiscard]] warmth are_kept(int file, std::uint64_t first, std::uint64_t length) noexcept;

} // namespace sluice::http
