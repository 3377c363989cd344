#pragma once
// Versions of files for tests: written long enough ago to have validators.

#include "core/download/representation.hpp"

#include <chrono>
#include <cstdint>

namespace sluice::test {

/// A file with equal mtime and ctime: it was written then and never touched.
inline core::media_facts written_at(std::uint64_t size, std::int64_t mtime_ns) {
    using namespace std::chrono;
    const auto second = floor<seconds>(nanoseconds{mtime_ns});
    const core::file_time when{
        second.count(), static_cast<std::uint32_t>((nanoseconds{mtime_ns} - second).count())};
    return {.size = size, .mtime = when, .ctime = when};
}

/// Later than any of them.
inline constexpr std::chrono::system_clock::time_point much_later{
    std::chrono::seconds{9'000'000'000}};

inline core::representation settled(std::uint64_t size, std::int64_t mtime_ns) {
    return core::describe(written_at(size, mtime_ns), much_later);
}

} // namespace sluice::test
