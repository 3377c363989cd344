#pragma once
// Parses "host:port" of a listener, as an operator writes it. Accepts numeric addresses only: a
// name could stand for several, and would need a resolver at start-up. Used by
// core/address/listen_address.hpp and http/connection/listen_socket.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// The address and port to listen on.
struct host_port {
    std::string address; // numeric IPv4 or IPv6, without brackets
    std::uint16_t port = 0;

    friend bool operator==(const host_port&, const host_port&) = default;
};

/// "127.0.0.1:8080", "[::1]:8080"; "localhost" stands for 127.0.0.1. nullopt for anything else: a
/// name, an IPv6 address without brackets, no port, or one above 65535.
[[nodiscard]] std::optional<host_port> parse_host_port(std::string_view text);

} // namespace sluice::core
