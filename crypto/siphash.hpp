#pragma once
// SipHash-2-4 (Aumasson and Bernstein, 2012): a short keyed hash for tables whose keys strangers
// may choose. Who does not know the key can make no two texts collide. Not a MAC for messages.

#include <cstdint>
#include <string_view>

namespace sluice::crypto {

struct siphash_key {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;
};

/// A key that nobody can guess. Throws as random_bytes() does.
[[nodiscard]] siphash_key random_siphash_key();

[[nodiscard]] std::uint64_t siphash(const siphash_key& key, std::string_view text) noexcept;

} // namespace sluice::crypto
