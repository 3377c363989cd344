#pragma once
// Sockets that the service manager opened for this process (socket activation; sd_listen_fds(3)
// documents the protocol): descriptors from 3 on, counted in LISTEN_FDS, named in LISTEN_FDNAMES,
// for the process in LISTEN_PID. Used by service_manager and app/service/front.

#include "app/process/environment.hpp"
#include "core/base/unique_fd.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::app {

class passed_sockets {
  public:
    passed_sockets() = default;

    /// Takes ownership of the descriptors when LISTEN_PID is `pid`; otherwise finds none. Throws
    /// std::runtime_error when the variables are invalid. `first` is 3 except in tests.
    static passed_sockets find(environment_view environment, long pid, int first = 3);

    /// Hands over the sockets of that name; "" stands for all that remain.
    [[nodiscard]] std::vector<core::unique_fd> take(std::string_view name);

    /// Names of the sockets that have not been taken.
    [[nodiscard]] std::vector<std::string> left() const;

  private:
    struct named {
        std::string name;
        core::unique_fd fd;
    };
    std::vector<named> sockets_;
};

} // namespace sluice::app
