#pragma once
// The connection to the service manager (systemd) that started this process: the sockets it passed,
// state notifications and the watchdog (sd_notify(3), sd_watchdog_enabled(3)). Without a manager,
// every call does nothing. Used by app/main and app/start/serve.

#include "app/process/passed_sockets.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::app {

class service_manager {
  public:
    /// No manager.
    service_manager() = default;

    /// Reads LISTEN_*, NOTIFY_SOCKET and WATCHDOG_*. Throws std::runtime_error when a variable is
    /// invalid.
    service_manager(environment_view environment, long pid);

    [[nodiscard]] passed_sockets& sockets() noexcept { return sockets_; }

    void ready(std::string_view status) const;
    void reloading() const;
    void stopping(std::string_view status) const;
    /// Sends the watchdog's keep-alive. Must be called more often than watchdog_limit().
    void alive() const;

    /// The manager's watchdog timeout; nullopt when it does not watch this process.
    [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_limit() const noexcept {
        return watchdog_;
    }

  private:
    void notify(const std::string& state) const;

    passed_sockets sockets_;
    std::string address_; // of the notification socket; '@' marks an abstract one
    std::optional<std::chrono::microseconds> watchdog_;
};

} // namespace sluice::app
