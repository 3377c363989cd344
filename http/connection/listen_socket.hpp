#pragma once
// Sockets that listen: opened on an address or a path, or taken over from the service manager. What
// is made of their connections is http/connection/listener.hpp's.

#include "core/address/host_port.hpp"
#include "core/base/unique_fd.hpp"
#include "core/config/config_listener.hpp"

#include <cstdint>
#include <string>

namespace sluice::http {

/// A bound and listening stream socket in non-blocking mode.
struct listen_socket {
    core::unique_fd fd;
    int family = 0;        // AF_INET, AF_INET6 or AF_UNIX
    std::string path{};    // of a unix socket that this process made; removed by it at the end
    std::uint64_t inode{}; // of that path
};

/// Throws boost::system::system_error that names the address. IPV6_V6ONLY is always said, whatever
/// the machine's default is.
[[nodiscard]] listen_socket open_tcp(const core::host_port& at,
                                     const core::listener_settings& with);

/// The socket appears under its name with its permissions, ready, in one step. A socket that is
/// there already is replaced when nobody listens on it; anything else that is there, and a socket
/// that somebody listens on, is an error.
[[nodiscard]] listen_socket open_unix(const std::string& path, const core::listener_settings& with);

/// `fd` is a socket that somebody else made. Throws std::runtime_error when it is not one that
/// listens for streams.
[[nodiscard]] listen_socket take_over(core::unique_fd fd);

/// "127.0.0.1:8080", "[::]:8080", "unix:/run/sluice.sock".
[[nodiscard]] std::string name_of(const listen_socket& socket);

/// Removes the path of a unix socket, if it still names this one.
void remove_path(const listen_socket& socket) noexcept;

} // namespace sluice::http
