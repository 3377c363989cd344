#pragma once
// One entry of the setting `listeners`: a socket, and the settings of the connections accepted on
// it. Plain data; the table of its fields is core/config/config_listeners.hpp. Used by
// http/connection and app/service/front.

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::core {

/// The header of the PROXY protocol with which every connection must begin.
enum class proxy_protocol : std::uint8_t { off, v1, v2, any };

struct listener_settings {
    /// host:port, unix:/path, or systemd[:name] (core/address/listen_address.hpp).
    std::string address;

    /// Off: a PROXY header is a malformed request. Otherwise a connection without one is closed.
    proxy_protocol proxy = proxy_protocol::off;

    /// CIDR blocks that may send such a header. Empty: any peer that can connect.
    std::vector<std::string> proxy_from;

    /// The address [::] accepts IPv4 connections too.
    bool dual_stack = true;

    /// Other processes may listen on the same address and port; the kernel spreads connections.
    bool reuse_port = false;

    /// Permissions of a unix socket, in octal.
    std::string mode = "0660";

    /// Connections that wait to be accepted; the kernel caps it at net.core.somaxconn.
    unsigned backlog = 4096;

    /// PEM files; both or none. With them the listener accepts only TLS.
    std::string certificate;
    std::string key;

    /// Seconds for Strict-Transport-Security (RFC 6797); 0: the field is not sent.
    unsigned hsts_max_age = 0;

    friend bool operator==(const listener_settings&, const listener_settings&) = default;
};

} // namespace sluice::core
