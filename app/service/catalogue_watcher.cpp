#include "app/service/catalogue_watcher.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

namespace sluice::app {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Long enough for `mkdir -p` or a copy to create its directories, short enough not to be noticed.
constexpr milliseconds shortest_pause{20};

// Under a steady stream of changes, refreshing takes at most a fifth of one core.
constexpr int pause_per_refresh_time = 4;

// A volume that is mounted again sends no event, so the watcher checks for it at this interval.
constexpr std::chrono::seconds retry{1};

// Each round finds directories one level deeper in a tree that was created meanwhile. A tree that
// grows for longer than this keeps sending events, so stopping loses nothing.
constexpr int max_rounds = 8;

constexpr std::uint32_t watched_events = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                         IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
                                         IN_DONT_FOLLOW;

core::unique_fd make_stop_event() {
    core::unique_fd fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!fd) {
        throw std::system_error(errno, std::generic_category(), "eventfd of the catalogue watcher");
    }
    return fd;
}

/// True when the directory was removed or hidden since it was found: there is nothing to watch.
bool is_gone(int error) noexcept {
    return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EACCES;
}

} // namespace

catalogue_watcher::catalogue_watcher(core::catalogue& catalogue,
                                     std::chrono::seconds rescan_interval,
                                     refresh_handler on_refresh, degraded_handler on_degraded)
    : catalogue_(catalogue), rescan_interval_(rescan_interval), on_refresh_(std::move(on_refresh)),
      on_degraded_(std::move(on_degraded)), stop_event_(make_stop_event()),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (!inotify_) {
        report_degraded(errno);
    }
    refresh();
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void catalogue_watcher::run(const std::stop_token& stop) {
    const std::stop_callback wake_up(stop, [this] {
        const std::uint64_t one = 1;
        // Cannot fail: the counter is far below its limit.
        [[maybe_unused]] const auto written = ::write(stop_event_.get(), &one, sizeof one);
    });
    while (!stop.stop_requested()) {
        const auto pause = is_root_there_ ? rescan_interval_ : std::min(rescan_interval_, retry);
        const wake why = wait(pause, inotify_.get());
        if (why == wake::change) {
            // Copying a course causes many events: wait until they stop, and refresh once for all
            // of them.
            const auto quiet =
                std::max(shortest_pause, last_refresh_took_ * pause_per_refresh_time);
            if (wait(quiet, -1) == wake::stop) {
                return;
            }
            discard_events();
        }
        if (why != wake::stop) {
            try_to_refresh();
        }
    }
}

catalogue_watcher::wake catalogue_watcher::wait(milliseconds limit, int change_fd) const {
    std::array<pollfd, 2> waiting{pollfd{stop_event_.get(), POLLIN, 0},
                                  pollfd{change_fd, POLLIN, 0}}; // poll ignores -1
    const auto whole_seconds = std::chrono::floor<std::chrono::seconds>(limit);
    timespec timeout{};
    timeout.tv_sec = whole_seconds.count();
    timeout.tv_nsec = std::chrono::nanoseconds(limit - whole_seconds).count();
    const int ready = ::ppoll(waiting.data(), waiting.size(), &timeout, nullptr);
    if (ready > 0) {
        return waiting[0].revents != 0 ? wake::stop : wake::change;
    }
    return wake::interval; // a signal interrupted the wait: one refresh too many, which is harmless
}

// The events' content is not needed, because the scan finds the changes itself. An overflow of the
// event queue is therefore harmless.
void catalogue_watcher::discard_events() const {
    alignas(inotify_event) std::array<char, 16384> events{};
    while (::read(inotify_.get(), events.data(), events.size()) > 0) {
    }
}

// On failure the previous catalogue stays in force; the next attempt follows after rescan_interval.
void catalogue_watcher::try_to_refresh() noexcept {
    try {
        refresh();
        return;
    } catch (const std::exception&) {
    }
    try {
        report_degraded(ENOMEM);
    } catch (const std::exception&) { // not enough memory for the log line
    }
}

void catalogue_watcher::refresh() {
    const auto started = steady_clock::now();
    core::catalogue::report total = catalogue_.refresh();
    // A change in a new directory before its watch existed sent no event: scan again.
    for (int round = 1; round < max_rounds && update_watches(); ++round) {
        const std::size_t read_before = total.directories_read;
        const bool was_replaced = total.root_replaced;
        total = catalogue_.refresh();
        total.directories_read += read_before;
        total.root_replaced = total.root_replaced || was_replaced;
    }
    is_root_there_ = total.root_readable;
    last_refresh_took_ = std::chrono::ceil<milliseconds>(steady_clock::now() - started);
    on_refresh_(total);
}

// Adds a watch for every directory each time: the kernel returns the existing number for a
// directory that is already watched, and a new one when the path names another directory.
bool catalogue_watcher::update_watches() {
    if (!inotify_) {
        return false;
    }
    std::set<int> current;
    for (const auto& path : catalogue_.watched_directories()) {
        const std::string full_path = catalogue_.root() + '/' + path;
        const int watch = ::inotify_add_watch(inotify_.get(), full_path.c_str(), watched_events);
        if (watch >= 0) {
            current.insert(watch);
        } else if (!is_gone(errno)) {
            report_degraded(errno);
        }
    }
    for (const int watch : watches_) {
        if (!current.contains(watch)) {
            ::inotify_rm_watch(inotify_.get(), watch); // may fail: the directory is gone
        }
    }
    const bool has_new = !std::ranges::includes(watches_, current);
    watches_ = std::move(current);
    return has_new;
}

void catalogue_watcher::report_degraded(int error) {
    if (const auto handler = std::exchange(on_degraded_, {})) {
        handler(error);
    }
}

} // namespace sluice::app
