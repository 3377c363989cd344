#pragma once
// A set of workers with the listeners that feed them and the gate that all of these share. The main
// one serves the API; another one may serve /metrics.

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

    /// `which` of a generation's sites it serves.
    front(site_member which, http::connection_gate::settings limits);
    front(const front&) = delete;
    front& operator=(const front&) = delete;

    /// Before the listeners. `sink` may be null.
    void add_workers(unsigned count, const std::shared_ptr<const generation>& by,
                     http::log_sink* sink);
    /// Opens the sockets of `wanted`, or takes them from `passed`; throws std::exception when they
    /// cannot be had. Sessions are over the bare socket where `tls` is null.
    void add_listener(const core::listener_settings& wanted, passed_sockets& passed,
                      const http::session_starter* tls,
                      const std::function<void(http::error_code)>& on_failure);

    /// Starts to serve; the threads are added to `threads`.
    void start(std::vector<std::thread>& threads);
    /// Serves new requests and connections by `next`.
    void renew(const std::shared_ptr<const generation>& next,
               http::connection_gate::settings limits);
    /// Closes the listening sockets, soon.
    void stop_listening();
    [[nodiscard]] bool is_listening() const noexcept;
    /// Ends the threads soon; what is under way is cut.
    void stop();

    [[nodiscard]] const std::vector<std::unique_ptr<http::worker>>& workers() const noexcept {
        return workers_;
    }
    /// What each listener listens on, for people.
    [[nodiscard]] std::vector<std::string> addresses() const;
    [[nodiscard]] std::size_t connections() const { return gate_.open(); }

  private:
    site_member site_;
    http::connection_gate gate_; // before the workers: their connections hold places of it
    http::bare_sessions bare_;   // likewise, and so are the next two
    std::vector<std::unique_ptr<const http::proxied_sessions>> proxied_;
    std::vector<std::unique_ptr<const http::entrance>> entrances_;
    std::vector<std::unique_ptr<http::worker>> workers_;
    std::vector<std::unique_ptr<http::listener>> listeners_;
};

} // namespace sluice::app
