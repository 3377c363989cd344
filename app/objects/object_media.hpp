#pragma once
// An object store of a configuration, an entry of media.origins: its origin for the workers, and a
// thread that reads the credentials again when their file changes and lists the courses every
// media.rescan_interval. Credentials of a container are app/objects/credentials_feed's. Media in a
// directory are app/service/media_set's own. Used by app/service/media_set and
// app/objects/object_check.

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

/// The origin that `from` describes, without credentials. A lookup in it lasts `patience` at most.
/// It may outlive its maker, so `on_problem` must not refer to that. Throws std::runtime_error when
/// the file of authorities cannot be used.
[[nodiscard]] std::shared_ptr<http::object_origin>
make_object_origin(const core::origin_settings& from, std::chrono::milliseconds patience,
                   http::object_origin::problem_handler on_problem);

/// Reads the credentials of the origin from their file or from the variables that hold them. Empty
/// on success; otherwise a sentence without its subject, which is the setting's name.
[[nodiscard]] std::string give_credentials(const core::origin_settings& from,
                                           http::object_origin& to);

class object_media {
  public:
    using report_handler = std::function<void(const core::catalogue::report&)>;

    struct settings {
        core::origin_settings origin;
        std::string place;                  // its setting, for messages
        std::chrono::milliseconds patience; // of a lookup
        std::chrono::seconds interval;      // between two lists
        std::vector<core::layout_segment> course_directory;
    };

    /// Begins to list the courses. `on_refresh` is called by the thread. The references outlive
    /// this object, and `log` its origin. Throws std::exception when the credentials cannot be
    /// read.
    object_media(settings with, core::catalogue& courses, service_log& log,
                 report_handler on_refresh);
    /// Ends the threads; waits two tenths of a second for them at most.
    ~object_media();
    object_media(const object_media&) = delete;
    object_media& operator=(const object_media&) = delete;

    /// Waits until the first list has succeeded or failed, at most until `end`.
    void await_list(std::chrono::steady_clock::time_point end);
    [[nodiscard]] const std::shared_ptr<http::object_origin>& origin() const noexcept;

  private:
    class watcher;
    std::unique_ptr<watcher> watcher_;
};

} // namespace sluice::app
