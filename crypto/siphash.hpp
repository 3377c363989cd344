#pragma once
// SipHash-2-4 (Aumasson and Bernstein, 2012): a short keyed hash for tables whose keys strangers
// may choose. Texts that collide cannot be constructed without the key. Not a MAC for messages.
// Used by the tables of core and store.

#include <cstdint>
#include <string_view>

namespace sluice::crypto {

struct siphash_key {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;
};

/// A random key. Throws like random_bytes().
[[nodiscard]] siphash_key random_siphash_key();

[[nodiscard]] std::uint64_t siphash(const siphash_key& key, std::string_view text) noexcept;

} // namespace sluice::crypto
