#pragma once
// 64-bit numbers, one after the other, that tell neither how many came before nor which comes next
// to anybody who lacks the key: SipHash of a count. A few nanoseconds and no system call each. Not
// for keys or tokens: crypto::random is. Called by http/request/request_id.

#include "crypto/siphash.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace sluice::core {

/// One thread.
class keyed_sequence {
  public:
    /// `key` is random, and of this sequence alone.
    explicit keyed_sequence(const crypto::siphash_key& key = crypto::random_siphash_key())
        : key_(key) {}

    [[nodiscard]] std::uint64_t next() noexcept {
        const auto bytes = std::bit_cast<std::array<char, sizeof count_>>(count_++);
        return crypto::siphash(key_, {bytes.data(), bytes.size()});
    }

  private:
    crypto::siphash_key key_;
    std::uint64_t count_ = 0;
};

} // namespace sluice::core
