#pragma once
// Whoever started and watches this process (systemd): what it passed, and what it wants to hear
// (sd_notify(3), sd_watchdog_enabled(3)). Without one, nothing here does anything.

#include "app/process/passed_sockets.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::app {

class service_manager {
  public:
    /// None: everything stays silent.
    service_manager() = default;

    /// Reads LISTEN_*, NOTIFY_SOCKET and WATCHDOG_*. Throws std::runtime_error when a variable
    /// makes no sense.
    service_manager(environment_view environment, long pid);

    [[nodiscard]] passed_sockets& sockets() noexcept { return sockets_; }

    void ready(std::string_view status) const;
    void reloading() const;
    void stopping(std::string_view status) const;
    /// "I am alive": to be said more often than watchdog_limit().
    void alive() const;

    /// The silence after which the manager takes this process for dead; none: it does not watch.
    [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_limit() const noexcept {
        return watchdog_;
    }

  private:
    void notify(const std::string& state) const;

    passed_sockets sockets_;
    std::string address_; // of the notification socket; '@' stands for an abstract one
    std::optional<std::chrono::microseconds> watchdog_;
};

} // namespace sluice::app
