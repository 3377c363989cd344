#pragma once
// The media of a configuration: its origins with their layouts and catalogues, the watchers of its
// directories, and its object stores. It is costly to create, so generations with equal media
// sections share one. It does not serve the files: http/handlers does. Used by
// app/service/application and generation.

#include "app/log/service_log.hpp"
#include "app/log/twin_log.hpp"
#include "app/media/opened_origin.hpp"
#include "app/objects/object_media.hpp"
#include "app/service/catalogue_watcher.hpp"
#include "app/status/media_root.hpp"
#include "core/config/config.hpp"
#include "core/media/catalogue.hpp"
#include "core/media/course_owners.hpp"
#include "core/media/media_library.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace sluice::app {

class media_set;

/// Makes a media_set on a thread of its own, for the reload of a running service. Throws
/// std::exception when it cannot be made, when the origins do not respond within `patience`, or
/// when `is_over` returns true during the wait. If a directory hangs, the thread is abandoned.
[[nodiscard]] std::shared_ptr<const media_set> make_media_set(const core::config& settings,
                                                              service_log& log,
                                                              std::chrono::milliseconds patience,
                                                              const std::function<bool()>& is_over);

class media_set {
  public:
    /// Opens the directories and reads their courses, and lists the object stores, for which it
    /// waits at most `storage.open_timeout` in all; throws std::exception when it cannot.
    media_set(const core::config& settings, service_log& log);
    media_set(const media_set&) = delete;
    media_set& operator=(const media_set&) = delete;

    /// True when a set made from `settings` would equal this one.
    [[nodiscard]] bool fits(const core::config& settings) const;

    [[nodiscard]] const core::media_library& library() const noexcept { return library_; }
    [[nodiscard]] const core::course_owners& owners() const noexcept { return owners_; }
    /// The object stores, by the index of their origins in library(); null: a directory.
    [[nodiscard]] std::span<const std::shared_ptr<http::object_origin>> stores() const noexcept {
        return stores_;
    }
    /// The same without the directories.
    [[nodiscard]] std::vector<const http::object_origin*> object_stores() const;
    /// The origins that are directories.
    [[nodiscard]] std::vector<media_root> roots() const;

    /// The content of the catalogues when one of them was last read.
    struct counts {
        std::size_t courses = 0;
        std::size_t trainers = 0;
    };
    /// Thread safe.
    [[nodiscard]] counts held() const noexcept {
        return {courses_held_.load(std::memory_order_relaxed),
                trainers_held_.load(std::memory_order_relaxed)};
    }

  private:
    /// Starts the thread that keeps the catalogue of `one` up to date.
    void follow(opened_origin& one, const core::config& settings);
    void report(const opened_origin& from, const core::catalogue::report& found);
    void report_courses(const core::course_owners::survey& all);

    service_log& log_;
    core::config::media_section section_;
    opened_origins origins_;
    core::course_owners owners_;
    std::atomic<std::size_t> courses_held_{0};
    std::atomic<std::size_t> trainers_held_{0};
    std::mutex report_mutex_; // guards the next two, which are as last reported
    std::set<const opened_origin*> unreadable_;
    std::vector<std::string> ambiguous_;
    std::unique_ptr<twin_log> twins_; // null: there is no directory
    core::media_library library_;
    std::vector<std::shared_ptr<http::object_origin>> stores_;
    std::list<catalogue_watcher> watchers_; // these are last: their threads use the others
    std::list<object_media> object_media_;
};

} // namespace sluice::app
