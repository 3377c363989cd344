#pragma once
// The building blocks of metrics: a number, and a distribution over fixed bounds. Each is written
// by one thread and read by any, so that counting is a plain addition without a lock. No names and
// no labels: http/telemetry/metrics.hpp has them. Used by http/telemetry and tls/secure_socket.hpp.

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace sluice::http {

/// A number that one thread writes and any thread reads. A gauge is a counter that also decreases.
class counter {
  public:
    void add(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t value() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

  private:
    std::atomic<std::uint64_t> value_{0};
};

/// The number of values below each of `Bounds` bounds: 2^First, 2^(First + Step), and so on. With
/// powers of two as bounds, the bucket of a value is found without a search.
template <unsigned First, unsigned Step, unsigned Bounds>
class histogram {
    static_assert(Step > 0 && First + Step * (Bounds - 1) < 64);

  public:
    static constexpr std::size_t bounds = Bounds;
    static constexpr std::size_t buckets = Bounds + 1; // the last one: above all bounds

    void observe(std::uint64_t value) noexcept {
        counts_[bucket_of(value)].add();
        sum_.add(value);
    }

    /// The first bucket with a bound that is not below `value`.
    [[nodiscard]] static constexpr std::size_t bucket_of(std::uint64_t value) noexcept {
        const auto power = value <= 1 ? 0U : static_cast<unsigned>(std::bit_width(value - 1));
        return power <= First ? 0 : std::min((power - First + Step - 1) / Step, Bounds);
    }
    [[nodiscard]] static constexpr std::uint64_t bound(std::size_t bucket) noexcept {
        return std::uint64_t{1} << (First + Step * bucket);
    }

    [[nodiscard]] std::uint64_t count(std::size_t bucket) const noexcept {
        return counts_[bucket].value();
    }
    [[nodiscard]] std::uint64_t sum() const noexcept { return sum_.value(); }

  private:
    std::array<counter, buckets> counts_;
    counter sum_;
};

} // namespace sluice::http
