#pragma once
// Listening sockets: opened on an address or a path, or taken over from the service manager.
// Accepts no connections; http/connection/listener.hpp does. Used by http/connection/listener.hpp
// and by the caller that opens its sockets.

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
    std::string path{};    // of a unix socket that this process created and removes at the end
    std::uint64_t inode{}; // of that path
};

/// Throws boost::system::system_error that names the address. Always sets IPV6_V6ONLY, whatever the
/// default of the machine is.
[[nodiscard]] listen_socket open_tcp(const core::host_port& at,
                                     const core::listener_settings& with);

/// The socket appears under its name in one step, with its permissions set and already listening.
/// Replaces an existing socket when no process listens on it. An existing socket with a listener,
/// or any other existing file, is an error.
[[nodiscard]] listen_socket open_unix(const std::string& path, const core::listener_settings& with);

/// Throws as open_tcp() would, without listening: the address stays free, and a process that shares
/// it loses no connection.
void try_tcp(const core::host_port& at, const core::listener_settings& with);

/// Throws as open_unix() would; creates nothing.
void try_unix(const std::string& path);

/// Takes over `fd`, a socket that another process created. Throws std::runtime_error when it is not
/// a listening stream socket.
[[nodiscard]] listen_socket take_over(core::unique_fd fd);

/// "127.0.0.1:8080", "[::]:8080", "unix:/run/sluice.sock".
[[nodiscard]] std::string name_of(const listen_socket& socket);

/// Removes the path of a unix socket, if it still refers to this socket.
void remove_path(const listen_socket& socket) noexcept;

} // namespace sluice::http
