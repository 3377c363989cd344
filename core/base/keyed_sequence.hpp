#pragma once
// A sequence of 64-bit numbers: SipHash of a count. Without the key, a number reveals neither its
// position nor its successor. Each costs a few nanoseconds and no system call. Not for keys or
// tokens: use crypto::random for those. Used by http/request/request_id.

#include "crypto/siphash.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace sluice::core {

/// For one thread.
class keyed_sequence {
  public:
    /// `key` must be random and used for this sequence only.
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
