#pragma once
// The object store of a configuration, media.origins: its origin for the workers, and a thread that
// reads the credentials again when their file changes and lists the courses every
// media.rescan_interval. Credentials of a container are app/objects/credentials_feed's. Media in a
// directory are app/service/media_set's own. Used by app/service/media_set and
// app/start/start_checks.

#include "app/log/service_log.hpp"
#include "core/config/config.hpp"
#include "core/media/catalogue.hpp"
#include "http/objects/object_origin.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace sluice::app {

/// The origin that `settings` describe, without credentials. They have been validated. It may
/// outlive its maker, so `on_problem` must not refer to that. Throws std::runtime_error when the
/// file of authorities cannot be used.
[[nodiscard]] std::shared_ptr<http::object_origin>
make_object_origin(const core::config& settings, http::object_origin::problem_handler on_problem);

/// Reads the credentials of the origin from their file or from the variables that hold them. Empty
/// on success; otherwise a sentence without its subject, which is the setting's name.
[[nodiscard]] std::string give_credentials(const core::origin_settings& from,
                                           http::object_origin& to);

class object_media {
  public:
    using report_handler = std::function<void(const core::catalogue::report&)>;

    /// Waits for the first list, at most `storage.open_timeout`. `on_refresh` is called by the
    /// constructor or the thread. The references outlive this object, and `log` its origin. Throws
    /// std::exception when the credentials cannot be read.
    object_media(const core::config& settings, std::vector<core::layout_segment> course_directory,
                 core::catalogue& courses, service_log& log, report_handler on_refresh);
    /// Ends the threads; waits two tenths of a second for them at most.
    ~object_media();
    object_media(const object_media&) = delete;
    object_media& operator=(const object_media&) = delete;

    [[nodiscard]] const std::shared_ptr<http::object_origin>& origin() const noexcept;

  private:
    class watcher;
    std::unique_ptr<watcher> watcher_;
};

} // namespace sluice::app
