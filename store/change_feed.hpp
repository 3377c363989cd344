#pragma once
// Follows the store: a thread with a connection of its own that keeps the revocations in memory and
// says when grants have changed. PostgreSQL tells it at once, SQLite is looked at several times a
// second, and both are asked once a second in case something went unheard. While the store is away
// the last known revocations stay in force.

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
        /// How long a token lives at most. Whoever wrote a revocation may have thought of less, so
        /// none counts as expired before it is this old.
        std::chrono::seconds token_lifetime{86400};
        /// Revocations held at most: a limit that a run-away script reaches.
        std::size_t max_revocations = 4'000'000;
        std::chrono::milliseconds slice{200};        // longest wait before a stop is noticed
        std::chrono::milliseconds poll{1000};        // between two looks that nothing prompted
        std::chrono::seconds purge_interval{60};     // between two clearings of what has expired
        std::chrono::seconds rebuild_interval{3600}; // between two clearings of the memory
    };
    /// What it tells, all from its thread.
    struct listener {
        /// The table in force, at first and after each change: the same one with more in it, or
        /// another.
        std::function<void(const std::shared_ptr<const core::revocation_table>&)> on_revocations;
        /// What was known of grants may be wrong now; `is_live` tells whether the next change will
        /// be heard of.
        std::function<void(bool is_live)> on_grants;
        /// The feed broke, with the fault; or it runs again: nullptr.
        std::function<void(const core::store_fault*)> on_state;
    };

    change_feed(connector connect, const settings& with, const core::clock& time, listener tell);
    /// Ends the thread: within a slice, or the timeout of a statement under way.
    ~change_feed() = default;
    change_feed(const change_feed&) = delete;
    change_feed& operator=(const change_feed&) = delete;

  private:
    using steady = std::chrono::steady_clock;

    void run(const std::stop_token& stop);
    /// Follows one connection until it fails or the feed ends.
    [[nodiscard]] core::store_result<void> follow(core::access_store& in,
                                                  const std::stop_token& stop);
    /// Reads what is new, or all of it.
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

    // The thread's own.
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
    std::jthread thread_; // last: it uses the others
};

} // namespace sluice::store
