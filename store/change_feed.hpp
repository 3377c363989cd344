#pragma once
// Follows the store: a thread with a connection of its own keeps the revocations in memory and
// reports changes of grants. PostgreSQL notifies it at once, SQLite is polled several times a
// second, and both are polled once a second in case a notification was lost. While the store is
// unreachable, the last known revocations stay in force. Does not look up grants:
// store/grant_book.hpp does. Used by app/service/store_service.

#include "core/access/revocation_table.hpp"
#include "core/base/clock.hpp"
#include "store/connection_pool.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

namespace sluice::store {

class change_feed {
  public:
    struct settings {
        /// The longest lifetime of a token. The writer of a revocation may have assumed a shorter
        /// one, so no revocation counts as expired before it is this old.
        std::chrono::seconds token_lifetime{86400};
        /// The largest number of revocations in memory: a limit for run-away scripts.
        std::size_t max_revocations = 4'000'000;
        std::chrono::milliseconds slice{200};        // longest wait before a stop takes effect
        std::chrono::milliseconds poll{1000};        // between two checks without a notification
        std::chrono::seconds purge_interval{60};     // between two purges of expired revocations
        std::chrono::seconds rebuild_interval{3600}; // between two rebuilds of the table in memory
    };
    /// The callbacks; all run on the thread of the feed.
    struct listener {
        /// The table in force, at first and after each change: the same table with more entries, or
        /// a new one.
        std::function<void(const std::shared_ptr<const core::revocation_table>&)> on_revocations;
        /// Cached grants may be stale now; `is_live` says whether the next change will be reported.
        std::function<void(bool is_live)> on_grants;
        /// The feed has failed, with the fault; or it runs again: nullptr.
        std::function<void(const core::store_fault*)> on_state;
        /// The store has answered, and its changes until then are known; about once a second.
        std::function<void()> on_look{};
    };

    change_feed(connector connect, const settings& with, const core::clock& time, listener tell);
    /// Ends the thread within a slice, or within the timeout of a running statement.
    ~change_feed() = default;
    change_feed(const change_feed&) = delete;
    change_feed& operator=(const change_feed&) = delete;

  private:
    using steady = std::chrono::steady_clock;

    void run(const std::stop_token& stop);
    /// Follows one connection until it fails or the feed ends.
    [[nodiscard]] core::store_result<void> follow(core::access_store& in,
                                                  const std::stop_token& stop);
    /// Reads the new revocations, or all of them.
    [[nodiscard]] core::store_result<void> catch_up(core::access_store& in);
    [[nodiscard]] core::store_result<void> read_after(core::access_store& in,
                                                      std::uint64_t position);
    void add(const core::revocation& one);
    void tidy(core::access_store& in);
    void set_live(bool live);
    void report(const core::store_fault* fault);

    connector connect_;
    settings with_;
    const core::clock& time_;
    listener tell_;
    crypto::siphash_key key_;

    // Used by the thread only.
    std::shared_ptr<core::revocation_table> table_;
    core::revocation_position known_;
    bool must_read_all_ = true;
    bool is_too_small_ = false; // max_revocations was reached
    bool is_live_ = false;
    bool was_reported_ = false; // a fault that still lasts
    steady::time_point next_purge_{};
    steady::time_point next_rebuild_{};

    std::mutex pause_mutex_;
    std::condition_variable_any pause_;
    std::jthread thread_; // last member: it uses the others
};

} // namespace sluice::store
