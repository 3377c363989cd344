#pragma once
// The store in a running service: the connections that read grants, the feed of changes, and the
// data that both keep in memory. One per process, if store.url is set; a reload does not change it.
// It runs no SQL: store/sql_store does. Used by app/service/application and app/service/generation.

#include "app/log/service_log.hpp"
#include "core/access/current_revocations.hpp"
#include "core/base/clock.hpp"
#include "core/config/config.hpp"
#include "http/exchange/work_pool.hpp"
#include "store/change_feed.hpp"
#include "store/connection_pool.hpp"
#include "store/grant_book.hpp"
#include "store/open_store.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace sluice::app {

class store_service {
  public:
    using table_handler = std::function<void(const std::shared_ptr<const core::revocation_table>&)>;

    /// Returns at once, even when the store is unavailable. `clock` and `log` outlive it.
    store_service(const core::config& settings, const core::clock& clock, service_log& log);
    store_service(const store_service&) = delete;
    store_service& operator=(const store_service&) = delete;

    /// Begins to follow the store. `on_revocations` receives the table in force after each change,
    /// on the feed's thread.
    void start(table_handler on_revocations);
    /// After it returns, `on_revocations` is not called any more.
    void stop();

    /// The threads on which look-ups wait for the store.
    [[nodiscard]] http::work_pool& threads() noexcept { return threads_; }
    [[nodiscard]] store::grant_book& grants() noexcept { return grants_; }
    [[nodiscard]] const core::current_revocations& revoked() const noexcept { return revoked_; }
    /// True while changes arrive. Thread safe.
    [[nodiscard]] bool is_followed() const noexcept {
        return is_followed_.load(std::memory_order_relaxed);
    }
    /// When the store answered last: changes until then are known. Epoch: never. Thread safe.
    [[nodiscard]] std::chrono::steady_clock::time_point looked_at() const noexcept {
        return looked_at_.load(std::memory_order_relaxed);
    }
    /// Appends the metrics of the store. Thread safe.
    void append_metrics(std::string& out) const;

  private:
    [[nodiscard]] core::store_result<std::unique_ptr<core::access_store>> open_migrated();
    [[nodiscard]] store::connection_pool::state_handler reporter(std::string_view use);

    core::config::store_section settings_;
    std::chrono::seconds token_lifetime_;
    const core::clock& clock_;
    service_log& log_;
    store::store_address where_;
    bool is_migrated_ = false; // used by the feed's thread only
    core::current_revocations revoked_;
    std::atomic<bool> is_followed_ = false;
    std::atomic<std::chrono::steady_clock::time_point> looked_at_{};
    store::connection_pool pool_;
    store::grant_book grants_;
    // Last: their threads use the other members.
    http::work_pool threads_;
    std::optional<store::change_feed> feed_;
};

} // namespace sluice::app
