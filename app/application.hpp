#pragma once
// Owns every object of a running service, in the order they need each other, and the threads.

#include "app/catalogue_watcher.hpp"
#include "app/line_writer.hpp"
#include "app/routes.hpp"
#include "app/service_log.hpp"
#include "core/config.hpp"
#include "core/issuer.hpp"
#include "core/key_file.hpp"
#include "core/media_library.hpp"
#include "core/token_service.hpp"
#include "http/listener.hpp"
#include "http/site.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluice::app {

class application {
  public:
    /// Opens the media root, reads the catalogue, binds the listeners; throws std::exception when
    /// something cannot be had. `settings` have been validated.
    application(const core::config& settings, core::loaded_keys keys, service_log& log);
    ~application();
    application(const application&) = delete;
    application& operator=(const application&) = delete;

    /// Starts the threads and accepts.
    void start();

    /// Readiness turns red, listeners close, answers close their connections.
    void begin_drain();
    /// Requests under way now.
    [[nodiscard]] std::uint64_t active_requests() const noexcept;

    /// Ends all threads; what is under way is cut.
    void stop();

  private:
    /// A set of workers with the routes they serve and the listener that feeds them.
    struct front {
        front(const core::config& settings, std::vector<http::route> routes, application& owner,
              const std::string& listen, unsigned threads, http::log_sink* sink);
        http::router routes;
        http::site where;
        std::vector<std::unique_ptr<http::worker>> workers;
        std::optional<http::listener> listener;
    };

    void report_catalogue(const core::catalogue::report& found);
    void report_accept_failure(http::error_code why);

    service_log& log_;
    core::system_clock clock_;
    std::atomic<bool> is_draining_{false};
    core::loaded_keys keys_;
    core::token_service tokens_;
    core::media_layout layout_;
    core::media_store store_;
    core::catalogue courses_;
    std::vector<std::string> ambiguous_; // last reported; one thread at a time
    catalogue_watcher watcher_;
    core::media_library library_;
    core::issuer_gate gate_;
    core::ownership owners_;
    http::cors_policy cors_;
    std::vector<const http::counters*> counters_;
    handlers handlers_;
    std::optional<line_writer> access_log_;
    std::vector<std::unique_ptr<front>> fronts_; // the main one first
    std::vector<std::thread> threads_;
};

} // namespace sluice::app
