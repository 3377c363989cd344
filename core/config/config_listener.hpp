#pragma once
// One entry of the setting `listeners`: a socket, and what is particular about the connections that
// come in by it. Plain data; the table of its fields is core/config/config_listeners.hpp.

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::core {

/// Which header of the PROXY protocol every connection has to begin with.
enum class proxy_protocol : std::uint8_t { off, v1, v2, any };

struct listener_settings {
    /// host:port, unix:/path, or systemd[:name] (core/address/listen_address.hpp).
    std::string address;

    /// Off: a header of it is a malformed request. Otherwise a connection without one is closed.
    proxy_protocol proxy = proxy_protocol::off;

    /// CIDR blocks that may send such a header; empty: whoever can connect.
    std::vector<std::string> proxy_from;

    /// An IPv6 address takes IPv4 connections too, where it is [::].
    bool dual_stack = true;

    /// Other processes may listen on the same address and port; the kernel spreads connections.
    bool reuse_port = false;

    /// Permissions of a unix socket, in octal.
    std::string mode = "0660";

    /// Connections that wait to be accepted; the kernel takes no more than net.core.somaxconn.
    unsigned backlog = 4096;

    /// PEM files; both or none. With them the listener speaks TLS alone.
    std::string certificate;
    std::string key;

    /// Seconds for Strict-Transport-Security (RFC 6797); 0: the field is not sent.
    unsigned hsts_max_age = 0;

    friend bool operator==(const listener_settings&, const listener_settings&) = default;
};

} // namespace sluice::core
