#pragma once
// Keeps the catalogue up to date: a thread refreshes it soon after a course directory is added or
// removed (inotify), and at a fixed interval, because some file systems report no events (NFS). It
// is not the index (core/media/catalogue) and logs nothing: it reports through handlers. Used by
// app/service/media_set.

#include "core/base/unique_fd.hpp"
#include "core/media/catalogue.hpp"

#include <chrono>
#include <functional>
#include <set>
#include <stop_token>
#include <thread>

namespace sluice::app {

class catalogue_watcher {
  public:
    /// Receives the result of a refresh.
    using refresh_handler = std::function<void(const core::catalogue::report&)>;
    /// Receives the errno because of which some directories cannot be watched.
    using degraded_handler = std::function<void(int error)>;

    /// Refreshes once before it returns, so that a started service has an index, and calls
    /// `on_refresh`; later calls of both handlers come from the watcher's thread. When the kernel's
    /// watches or inotify instances are used up, unwatched changes are found at the interval, and
    /// `on_degraded` (may be empty) is called once. Throws std::system_error when no eventfd is
    /// available. `rescan_interval` is positive; the handlers do not throw; `catalogue` outlives
    /// the watcher.
    catalogue_watcher(core::catalogue& catalogue, std::chrono::seconds rescan_interval,
                      refresh_handler on_refresh, degraded_handler on_degraded = {});
    /// Stops the thread and waits for it: at most as long as a refresh takes.
    ~catalogue_watcher() = default;
    catalogue_watcher(const catalogue_watcher&) = delete;
    catalogue_watcher& operator=(const catalogue_watcher&) = delete;

  private:
    enum class wake { stop, change, interval };

    void run(const std::stop_token& stop);
    [[nodiscard]] wake wait(std::chrono::milliseconds limit, int change_fd) const;
    void discard_events() const;
    void refresh();
    void try_to_refresh() noexcept;
    /// Watches exactly the catalogue's directories; true when some of them are new.
    [[nodiscard]] bool update_watches();
    void report_degraded(int error);

    core::catalogue& catalogue_;
    std::chrono::seconds rescan_interval_;
    refresh_handler on_refresh_;
    degraded_handler on_degraded_; // empty after its only call
    core::unique_fd stop_event_;
    core::unique_fd inotify_; // none when no instance was available
    std::set<int> watches_;
    bool is_root_there_ = true;
    std::chrono::milliseconds last_refresh_took_{0};
    std::jthread thread_; // last: it uses the others
};

} // namespace sluice::app
