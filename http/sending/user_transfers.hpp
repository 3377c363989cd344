#pragma once
// The downloads under way of each user on this node, over all threads: their number, and the rate
// that they share. A user has an entry while a valid token of theirs is served, and until bytes
// sent above the rate are paid off (half a second). Callers without a token cannot make it grow.
// Used only when a limit per user is configured or stated in the token, by
// http/handlers/download_handler.hpp and http/sending/pace.hpp.

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

    /// The state that the transfers of one user share.
    struct entry {
        core::rate_bucket bucket;
        std::atomic<std::uint32_t> downloads{0};
    };

    /// One download under way. Gives its place back when it is destroyed. Empty: no place.
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

    /// Takes a place for one more download of `user_id`; empty when there are `most` already (0:
    /// any number). Thread safe, like all of this class.
    [[nodiscard]] place take(std::string_view user_id, std::uint32_t most);

    /// Removes users without downloads and debts, some at each call. Called once a tick by every
    /// worker.
    void expire(time_point now);

    /// The number of users with an entry.
    [[nodiscard]] std::size_t size() const;

  private:
    // Ordered maps: user ids are chosen by callers, and hashes can be made to collide. Entries do
    // not move.
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
