#pragma once
// Keeps the catalogue fresh: a thread that refreshes it soon after a course directory comes or goes
// (inotify), and at a fixed interval for file systems that do not tell (NFS). Holds no index and
// logs nothing: it reports. Made by app::application.

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
    /// Given what a refresh found.
    using refresh_handler = std::function<void(const core::catalogue::report&)>;
    /// Given the errno because of which some directories cannot be watched.
    using degraded_handler = std::function<void(int error)>;

    /// Refreshes once before it returns, so that a started service has an index, and tells
    /// `on_refresh`; from then on both handlers are called from the watcher's thread. When the
    /// kernel's supply of watches or inotify instances is used up, what is not watched is found at
    /// the interval, and `on_degraded` (may be empty) is told, once. Throws std::system_error when
    /// no eventfd is to be had. `rescan_interval` is positive; the handlers do not throw;
    /// `catalogue` outlives the watcher.
    catalogue_watcher(core::catalogue& catalogue, std::chrono::seconds rescan_interval,
                      refresh_handler on_refresh, degraded_handler on_degraded = {});
    /// Stops the thread and waits for it: for the length of a refresh at most.
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
    /// Makes the watches those of the catalogue's directories; true when some are new.
    [[nodiscard]] bool update_watches();
    void report_degraded(int error);

    core::catalogue& catalogue_;
    std::chrono::seconds rescan_interval_;
    refresh_handler on_refresh_;
    degraded_handler on_degraded_; // emptied by its one call
    core::unique_fd stop_event_;
    core::unique_fd inotify_; // none when instances have run out
    std::set<int> watches_;
    bool is_root_there_ = true;
    std::chrono::milliseconds last_refresh_took_{0};
    std::jthread thread_; // last: it uses the others
};

} // namespace sluice::app
