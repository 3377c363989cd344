#pragma once
// Sockets that the service manager opened for us (socket activation; sd_listen_fds(3) is the
// documentation of the protocol): descriptors from 3 on, counted in LISTEN_FDS, named in
// LISTEN_FDNAMES, meant for the process in LISTEN_PID.

#include "core/base/unique_fd.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::app {

/// Variables as they were at the start: name and value.
using environment_view = std::span<const std::pair<std::string, std::string>>;

class passed_sockets {
  public:
    passed_sockets() = default;

    /// Takes the descriptors over when they are meant for `pid`; none otherwise. Throws
    /// std::runtime_error when the variables make no sense. `first` is 3 but in tests.
    static passed_sockets find(environment_view environment, long pid, int first = 3);

    /// The sockets of that name; "" stands for all that are left.
    [[nodiscard]] std::vector<core::unique_fd> take(std::string_view name);

    /// Names of those that nobody has taken.
    [[nodiscard]] std::vector<std::string> left() const;

  private:
    struct named {
        std::string name;
        core::unique_fd fd;
    };
    std::vector<named> sockets_;
};

} // namespace sluice::app
