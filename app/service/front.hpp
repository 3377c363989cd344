#pragma once
// A set of workers, the listeners that pass connections to them, and the gate that they share. The
// main front serves the API; a second one may serve /metrics only. It does not build the site that
// it serves: app/service/generation does. Used by app/service/application.

#include "app/process/passed_sockets.hpp"
#include "app/service/generation.hpp"
#include "core/config/config_listener.hpp"
#include "http/connection/bare_sessions.hpp"
#include "http/connection/listener.hpp"
#include "http/connection/proxy_prologue.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace sluice::app {

class front {
  public:
    using site_member = const http::site& (generation::*)() const noexcept;

    /// Serves the site `which` of each generation.
    front(site_member which, http::connection_gate::settings limits);
    front(const front&) = delete;
    front& operator=(const front&) = delete;

    /// Must be called before add_listener(). `sink` may be null.
    void add_workers(unsigned count, const std::shared_ptr<const generation>& by,
                     http::log_sink* sink);
    /// Opens the sockets of `wanted`, or takes them from `passed`; throws std::exception when they
    /// are unavailable. Without `tls` the sessions use the bare socket.
    void add_listener(const core::listener_settings& wanted, passed_sockets& passed,
                      const http::session_starter* tls,
                      const std::function<void(http::error_code)>& on_failure);

    /// Starts to serve; adds its threads to `threads`.
    void start(std::vector<std::thread>& threads);
    /// Serves new requests and connections by `next`.
    void renew(const std::shared_ptr<const generation>& next,
               http::connection_gate::settings limits);
    /// Tells the workers to close the listening sockets.
    void stop_listening();
    [[nodiscard]] bool is_listening() const noexcept;
    /// Tells the threads to end; requests under way are cut.
    void stop();

    [[nodiscard]] const std::vector<std::unique_ptr<http::worker>>& workers() const noexcept {
        return workers_;
    }
    /// The address of each listener as text for messages.
    [[nodiscard]] std::vector<std::string> addresses() const;
    [[nodiscard]] std::size_t connections() const { return gate_.open(); }

  private:
    site_member site_;
    http::connection_gate gate_; // before the workers: their connections hold places in it
    http::bare_sessions bare_;   // before the workers too, like the next two
    std::vector<std::unique_ptr<const http::proxied_sessions>> proxied_;
    std::vector<std::unique_ptr<const http::entrance>> entrances_;
    std::vector<std::unique_ptr<http::worker>> workers_;
    std::vector<std::unique_ptr<http::listener>> listeners_;
};

} // namespace sluice::app
