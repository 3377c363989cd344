#include "app/process/passed_sockets.hpp"

#include "core/text/decimal.hpp"

#include <fcntl.h>

#include <algorithm>
#include <stdexcept>

namespace sluice::app {

namespace {

constexpr int most_sockets = 256;

} // namespace

passed_sockets passed_sockets::find(environment_view environment, long pid, int first) {
    passed_sockets found;
    const auto count_text = value_of(environment, "LISTEN_FDS");
    const auto pid_text = value_of(environment, "LISTEN_PID");
    if (!count_text || !pid_text || core::parse_decimal<long>(*pid_text) != pid) {
        return found; // meant for a parent that left them in the environment
    }
    const auto count = core::parse_decimal<long>(*count_text);
    if (!count || *count < 0 || *count > most_sockets) {
        throw std::runtime_error("LISTEN_FDS is not a number of sockets");
    }
    auto names = value_of(environment, "LISTEN_FDNAMES").value_or("");
    for (int i = 0; i < *count; ++i) {
        const auto colon = std::min(names.find(':'), names.size());
        const auto name = names.substr(0, colon);
        names.remove_prefix(std::min(colon + 1, names.size()));
        core::unique_fd fd(first + i);
        if (::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) != 0) {
            fd.release();
            throw std::runtime_error("LISTEN_FDS counts more sockets than there are");
        }
        found.sockets_.push_back({name.empty() ? "unknown" : std::string(name), std::move(fd)});
    }
    return found;
}

std::vector<core::unique_fd> passed_sockets::take(std::string_view name) {
    std::vector<core::unique_fd> taken;
    for (auto& one : sockets_) {
        if (name.empty() || one.name == name) {
            taken.push_back(std::move(one.fd));
        }
    }
    std::erase_if(sockets_, [](const auto& one) { return !one.fd; });
    return taken;
}

std::vector<std::string> passed_sockets::left() const {
    std::vector<std::string> names;
    for (const auto& one : sockets_) {
        names.push_back(one.name);
    }
    return names;
}

} // namespace sluice::app
