#pragma once
// Parses the origin of a listener's socket, as an operator writes it: an address and a port, a file
// system path, or the service manager. Opens nothing. Used by app/service/front and core/config.

#include "core/address/host_port.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace sluice::core {

/// "unix:/run/sluice.sock"
struct unix_path {
    std::string path; // absolute
    friend bool operator==(const unix_path&, const unix_path&) = default;
};

/// "systemd:http": the sockets passed under that name. "systemd": all sockets that no other
/// listener takes.
struct passed_socket {
    std::string name;
    friend bool operator==(const passed_socket&, const passed_socket&) = default;
};

using listen_address = std::variant<host_port, unix_path, passed_socket>;

/// Longest path of a unix socket: the capacity of sockaddr_un without the final NUL.
inline constexpr std::size_t max_unix_path = 107;

/// nullopt when `text` has none of these forms.
[[nodiscard]] std::optional<listen_address> parse_listen_address(std::string_view text);

} // namespace sluice::core
