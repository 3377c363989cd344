#pragma once
// The downloads under way of each user on this node, over all threads: how many there are, and the
// rate that they share. A user has an entry while a valid token of theirs is being served, and
// until what was sent too much is paid off (half a second): nobody without tokens can make it grow.
// Asked only where a limit per user is configured or rides in the token.

#include "core/download/rate_bucket.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::http {

class user_transfers {
  public:
    using time_point = core::rate_bucket::time_point;

    /// What the transfers of one user have in common.
    struct entry {
        core::rate_bucket bucket;
        std::atomic<std::uint32_t> downloads{0};
    };

    /// One download under way; gives its place back when it goes. Empty: nobody's.
    class place {
      public:
        place() noexcept = default;
        explicit place(entry& of) noexcept : of_(&of) {}
        place(const place&) = delete;
        place& operator=(const place&) = delete;
        place(place&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
        place& operator=(place&& other) noexcept {
            std::swap(of_, other.of_);
            return *this;
        }
        ~place() {
            if (of_ != nullptr) {
                of_->downloads.fetch_sub(1, std::memory_order_relaxed);
            }
        }
        explicit operator bool() const noexcept { return of_ != nullptr; }
        [[nodiscard]] entry& of() const noexcept { return *of_; }

      private:
        entry* of_ = nullptr;
    };

    /// A place for one more download of `user_id`; empty when there are `most` already (0: any
    /// number). Thread safe, as is all of this.
    [[nodiscard]] place take(std::string_view user_id, std::uint32_t most);

    /// Forgets users without downloads and debts, some at each call; called once a tick by every
    /// worker.
    void expire(time_point now);

    /// Users that are remembered.
    [[nodiscard]] std::size_t size() const;

  private:
    // Ordered maps: user ids are chosen outside, and hashes can be made to collide. Their entries
    // stay where they are.
    struct shard {
        mutable std::mutex mutex;
        std::map<std::string, entry, std::less<>> users;
    };
    [[nodiscard]] shard& shard_of(std::string_view user_id) noexcept;

    std::array<shard, 16> shards_;
    std::atomic<std::size_t> size_{0};
    std::atomic<std::size_t> next_to_expire_{0};
};

} // namespace sluice::http
