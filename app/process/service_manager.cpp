#include "app/process/service_manager.hpp"

#include "core/base/unique_fd.hpp"
#include "core/text/decimal.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace sluice::app {

namespace {

std::string with_status(std::string state, std::string_view status) {
    return state.append("\nSTATUS=").append(status);
}

} // namespace

service_manager::service_manager(environment_view environment, long pid)
    : sockets_(passed_sockets::find(environment, pid)),
      address_(value_of(environment, "NOTIFY_SOCKET").value_or("")) {
    const auto limit =
        core::parse_decimal<std::int64_t>(value_of(environment, "WATCHDOG_USEC").value_or(""));
    const auto watched = value_of(environment, "WATCHDOG_PID").value_or("");
    if (limit && *limit > 0 &&
        (watched.empty() || core::parse_decimal<std::int64_t>(watched) == pid)) {
        watchdog_ = std::chrono::microseconds(*limit);
    }
}

void service_manager::ready(std::string_view status) const {
    notify(with_status("READY=1", status));
}

void service_manager::reloading() const {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds =
        std::int64_t{now.tv_sec} * 1'000'000 + std::int64_t{now.tv_nsec} / 1000;
    notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void service_manager::stopping(std::string_view status) const {
    notify(with_status("STOPPING=1", status));
}

void service_manager::alive() const {
    notify("WATCHDOG=1");
}

// Best effort: a manager that does not respond must not stop the service.
void service_manager::notify(const std::string& state) const {
    sockaddr_un to{};
    if (address_.size() < 2 || address_.size() >= sizeof to.sun_path ||
        (address_[0] != '/' && address_[0] != '@')) {
        return;
    }
    to.sun_family = AF_UNIX;
    std::ranges::copy(address_, static_cast<char*>(to.sun_path));
    if (address_[0] == '@') {
        to.sun_path[0] = '\0';
    }
    const core::unique_fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
             reinterpret_cast<const sockaddr*>(&to), size);
}

} // namespace sluice::app
