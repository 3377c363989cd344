#pragma once
// The downloads under way of each user on this node, over all threads: their number, the rate that
// they share, and the requests that wait for a place. A user has an entry while a valid token of
// theirs is served, and until bytes sent above the rate are paid off (half a second). Callers
// without a token cannot make it grow. Used only when a limit per user is configured or stated in
// the token, by http/handlers/download_handler.hpp and http/sending/pace.hpp.

#include "core/download/rate_bucket.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::http {

class user_transfers {
  public:
    using time_point = core::rate_bucket::time_point;
    using duration = time_point::duration;

    /// A download that needs a place.
    struct wish {
        std::string_view user_id;
        std::uint32_t most = 0;    // places of the user; 0: any number
        std::uint64_t file = 0;    // a hash: the same for all requests for one file
        bool is_resume = false;    // continues a download: may displace one of the same file
        duration takeover_after{}; // that has sent nothing for this long
        time_point now{};
    };

    struct entry;

    /// One place. Its members are used under the lock of its shard, the atomic ones without.
    struct seat {
        seat(entry& user, const wish& from) noexcept
            : of(user), file(from.file), moved_at(from.now) {}
        entry& of;
        std::uint64_t file;
        std::atomic<time_point> moved_at; // the last time that bytes were sent
        std::atomic<bool> is_displaced{false};
    };

    /// The state that the transfers of one user share.
    struct entry {
        explicit entry(std::mutex& shard) noexcept : home(shard) {}
        core::rate_bucket bucket;
        std::atomic<std::uint32_t> downloads{0}; // without the displaced ones
        std::mutex& home;                        // guards `seats`
        std::list<seat> seats{};
    };

    /// One download under way. Gives its place back when it is destroyed. Empty: no place.
    class place {
      public:
        place() noexcept = default;
        explicit place(seat& taken) noexcept : seat_(&taken) {}
        place(const place&) = delete;
        place& operator=(const place&) = delete;
        place(place&& other) noexcept : seat_(std::exchange(other.seat_, nullptr)) {}
        place& operator=(place&& other) noexcept {
            std::swap(seat_, other.seat_);
            return *this;
        }
        ~place();
        explicit operator bool() const noexcept { return seat_ != nullptr; }
        [[nodiscard]] entry& of() const noexcept { return seat_->of; }
        /// Notes that bytes were sent.
        void move(time_point now) noexcept {
            if (seat_ != nullptr) {
                seat_->moved_at.store(now, std::memory_order_relaxed);
            }
        }
        /// True when another download has taken the place: this one must be cut.
        [[nodiscard]] bool is_displaced() const noexcept {
            return seat_ != nullptr && seat_->is_displaced.load(std::memory_order_relaxed);
        }

      private:
        seat* seat_ = nullptr;
    };

    /// A request that waits for a place. Destroyed without the call when its time is over.
    class waiter {
      public:
        waiter() = default;
        waiter(const waiter&) = delete;
        waiter& operator=(const waiter&) = delete;
        virtual ~waiter() = default;
        /// There may be a place: try again. Called once, on any thread.
        virtual void wake() = 0;
    };

    /// Most requests that wait at once, of one user and of all of them: each holds a connection.
    static constexpr std::size_t most_waiting_of_user = 32;
    static constexpr std::size_t most_waiting = 4096;

    /// Takes a place; empty when all are taken. A resume takes the place of a download of the same
    /// file that has sent nothing for `takeover_after`: its client has lost that connection. The
    /// displaced download must then be cut (displacements()). Thread safe, like all of this class.
    [[nodiscard]] place take(const wish& wanted);
    [[nodiscard]] place take(std::string_view user_id, std::uint32_t most) {
        return take({.user_id = user_id, .most = most});
    }

    /// Keeps `one` until a place may be free for `wanted`, first come, first served, or until
    /// `until`. Drops it at once when too many wait.
    void wait(const wish& wanted, time_point until, std::unique_ptr<waiter> one);

    /// Wakes and drops waiters; removes users without downloads and debts, some at each call.
    /// Called once a tick by every worker.
    void expire(time_point now);

    /// The number of downloads displaced so far. Each worker looks for its own when it changes.
    [[nodiscard]] std::uint64_t displacements() const noexcept {
        return displacements_.load(std::memory_order_relaxed);
    }

    /// The number of users with an entry.
    [[nodiscard]] std::size_t size() const;

  private:
    // Ordered maps: user ids are chosen by callers, and hashes can be made to collide. Entries do
    // not move.
    struct shard {
        mutable std::mutex mutex;
        std::map<std::string, entry, std::less<>> users;
    };
    struct waiting {
        std::string user_id;
        wish wanted; // its user_id is a view of the member above
        time_point until;
        std::unique_ptr<waiter> one;
    };
    [[nodiscard]] shard& shard_of(std::string_view user_id) noexcept;
    /// The download whose place `wanted` may take; null: none. REQUIRES: the lock of the shard.
    [[nodiscard]] static seat* find_lost(entry& user, const wish& wanted) noexcept;
    [[nodiscard]] bool may_take(const wish& wanted);
    void serve_waiting(time_point now);

    std::array<shard, 16> shards_;
    std::atomic<std::size_t> size_{0};
    std::atomic<std::size_t> next_to_expire_{0};
    std::atomic<std::uint64_t> displacements_{0};
    std::mutex waiting_mutex_; // taken before that of a shard
    std::list<waiting> waiting_;
    std::atomic<std::size_t> waiting_count_{0};
};

} // namespace sluice::http
