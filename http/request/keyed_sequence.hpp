#pragma once
// 64-bit numbers, one after the other, that tell neither how many came before nor which comes next
// to anybody who lacks the key: SipHash-2-4 (Aumasson and Bernstein, 2012) of a count. A few
// nanoseconds and no system call each. Not for keys or tokens: crypto::random is. Called by
// request_id.

#include <cstdint>

namespace sluice::http {

/// SipHash-2-4 of the eight bytes of `word`, lowest first, under the key `k0`, `k1`.
[[nodiscard]] std::uint64_t siphash(std::uint64_t k0, std::uint64_t k1,
                                    std::uint64_t word) noexcept;

/// One thread.
class keyed_sequence {
  public:
    /// `k0` and `k1` are random, and of this sequence alone.
    keyed_sequence(std::uint64_t k0, std::uint64_t k1) noexcept : k0_(k0), k1_(k1) {}

    [[nodiscard]] std::uint64_t next() noexcept { return siphash(k0_, k1_, count_++); }

  private:
    std::uint64_t k0_;
    std::uint64_t k1_;
    std::uint64_t count_ = 0;
};

} // namespace sluice::http
