#pragma once
// How long an object store takes until the head of its response is there: a distribution that all
// threads count in, one observation for each request to the store. http/telemetry/counter.hpp has
// the one that each thread has for itself. Used by http/objects/object_origin.

#include "http/telemetry/counter.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sluice::http {

/// In microseconds: from 256 us to 8.4 s, each bound twice the one before. Thread safe.
class request_times {
    using shape = histogram<8, 1, 16>;

  public:
    static constexpr std::size_t bounds = shape::bounds;
    static constexpr std::size_t buckets = shape::buckets;

    void observe(std::chrono::steady_clock::duration took) noexcept {
        const auto time = static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(took).count());
        counts_[shape::bucket_of(time)].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(time, std::memory_order_relaxed);
    }

    [[nodiscard]] static constexpr std::uint64_t bound(std::size_t bucket) noexcept {
        return shape::bound(bucket);
    }
    [[nodiscard]] std::uint64_t count(std::size_t bucket) const noexcept {
        return counts_[bucket].load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t sum() const noexcept {
        return sum_.load(std::memory_order_relaxed);
    }

  private:
    std::array<std::atomic<std::uint64_t>, buckets> counts_{};
    std::atomic<std::uint64_t> sum_{0};
};

} // namespace sluice::http
