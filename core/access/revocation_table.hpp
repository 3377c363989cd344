#pragma once
// The revocations in memory. Every download makes three look-ups, for the token, its user and its
// key, without a lock or an allocation (docs/decisions/0017-revocation-table.md). One thread adds
// entries (store/change_feed.hpp) while any number of others read.
//
// The table holds fingerprints, keyed hashes of 64 bits, not texts: at a million entries a good
// token is taken for a revoked one with a probability of 1 in 10^13.

#include "core/access/revocation.hpp"
#include "core/token/claims.hpp"
#include "crypto/siphash.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>

namespace sluice::core {

/// The parts of a token that a revocation can name. A transfer keeps them, so that it can be
/// checked again while it runs. 0: the token has no such part.
struct token_trace {
    std::uint64_t token = 0;
    std::uint64_t user = 0;
    std::uint64_t key = 0;
    /// A token without iat counts as older than any other.
    std::int64_t issued_at = std::numeric_limits<std::int64_t>::min();

    [[nodiscard]] bool is_set() const noexcept { return user != 0; }
};

class revocation_table {
  public:
    /// Holds at least `entries` revocations. Allocates all memory at once: 32 to 64 bytes for each.
    /// A table that replaces another must have the same key, or the traces of running transfers no
    /// longer match.
    revocation_table(const crypto::siphash_key& key, std::size_t entries);

    /// The trace of a token with these claims.
    [[nodiscard]] token_trace trace(const claims& of) const noexcept;

    [[nodiscard]] bool kills(const token_trace& what) const noexcept;

    /// True when a token issued to `user_id` at `now` would be revoked already.
    [[nodiscard]] bool blocks(std::string_view user_id, std::int64_t now) const noexcept {
        return kills(fingerprint(revocation_kind::user, user_id), now);
    }

    /// False when the table is full. Call from the writer's thread only.
    [[nodiscard]] bool add(const revocation& one) noexcept;
    /// A table of twice the size with the same entries. Call from the writer's thread only.
    [[nodiscard]] std::shared_ptr<revocation_table> grown() const;

    [[nodiscard]] std::size_t size() const noexcept {
        return size_.load(std::memory_order_relaxed);
    }
    /// The largest number of entries.
    [[nodiscard]] std::size_t capacity() const noexcept { return slots_ / 2; }
    [[nodiscard]] std::size_t bytes() const noexcept { return slots_ * sizeof(slot); }

  private:
    struct slot {
        std::atomic<std::uint64_t> fingerprint{0}; // 0: free
        std::atomic<std::int64_t> before{0};       // tokens with an earlier iat are revoked
    };

    [[nodiscard]] std::uint64_t fingerprint(revocation_kind kind,
                                            std::string_view text) const noexcept;
    [[nodiscard]] bool kills(std::uint64_t fingerprint, std::int64_t issued_at) const noexcept;
    [[nodiscard]] bool put(std::uint64_t fingerprint, std::int64_t before) noexcept;

    crypto::siphash_key key_;
    std::size_t slots_; // a power of two; at most half of them are used
    std::unique_ptr<slot[]> table_;
    std::atomic<std::size_t> size_{0};
};

} // namespace sluice::core
