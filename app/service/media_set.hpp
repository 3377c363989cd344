#pragma once
// The media of a configuration: layout, catalogue, and the media root with its watcher, or the
// object store. It is costly to create, so generations with equal media sections share one. It does
// not serve the files: http/handlers does. Used by app/service/application, generation and the
// token commands.

#include "app/log/service_log.hpp"
#include "app/log/twin_log.hpp"
#include "app/objects/object_media.hpp"
#include "app/service/catalogue_watcher.hpp"
#include "core/config/config.hpp"
#include "core/media/catalogue.hpp"
#include "core/media/media_layout.hpp"
#include "core/media/media_library.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::app {

class media_set;

/// The layout that settings describe which core::validate() accepts.
[[nodiscard]] core::media_layout layout_of(const core::config::media_section& media);

/// Makes a media_set on a thread of its own, for the reload of a running service. Throws
/// std::exception when it cannot be made, when the media root does not respond within `patience`,
/// or when `is_over` returns true during the wait. If the root hangs, the thread is abandoned.
[[nodiscard]] std::shared_ptr<const media_set> make_media_set(const core::config& settings,
                                                              service_log& log,
                                                              std::chrono::milliseconds patience,
                                                              const std::function<bool()>& is_over);

class media_set {
  public:
    /// Opens the media root and reads the catalogue, or lists the object store; throws
    /// std::exception when it cannot.
    media_set(const core::config& settings, service_log& log);
    media_set(const media_set&) = delete;
    media_set& operator=(const media_set&) = delete;

    /// True when a set made from `settings` would equal this one.
    [[nodiscard]] bool fits(const core::config& settings) const;

    [[nodiscard]] const core::media_library& library() const noexcept { return library_; }
    [[nodiscard]] const core::media_layout& layout() const noexcept { return layout_; }
    /// The object store that holds the media; null: they are below the media root.
    [[nodiscard]] std::shared_ptr<http::object_origin> objects() const {
        return objects_ ? objects_->origin() : nullptr;
    }
    [[nodiscard]] const core::catalogue& courses() const noexcept { return courses_; }

    /// The content of the catalogue when it was last read.
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
    void report(const core::catalogue::report& found);

    service_log& log_;
    core::config::media_section section_;
    core::media_layout layout_;
    std::unique_ptr<core::media_store> store_; // null: object store
    core::catalogue courses_;
    std::atomic<std::size_t> courses_held_{0};
    std::atomic<std::size_t> trainers_held_{0};
    bool was_readable_ = true;           // as last reported
    std::vector<std::string> ambiguous_; // as last reported; one thread at a time
    std::unique_ptr<twin_log> twins_;    // likewise
    core::media_library library_;
    std::optional<catalogue_watcher> watcher_; // these are last: their threads use the others
    std::optional<object_media> objects_;
};

} // namespace sluice::app
