#pragma once
// Parser of the PROXY protocol, versions 1 and 2 (HAProxy, doc/proxy-protocol.txt): the header in
// which a balancer names the client. Turns bytes into addresses and reads no socket. It is strict:
// any deviation from the format ends the connection. Used by http/connection/proxy_prologue.hpp.

#include "core/address/ip_address.hpp"
#include "core/config/config_listener.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http {

/// The client as the header names it.
struct proxied_client {
    bool is_known = false;  // false: LOCAL, UNKNOWN or UNSPEC: the address is the balancer's
    bool is_secure = false; // version 2: the client reached the balancer over TLS
    bool is_unix = false;   // version 2: a unix socket at the balancer; `address` is not set
    core::ip_address address{};
    std::uint16_t port = 0;
};

/// Longest version 1 header, with its CRLF.
inline constexpr std::size_t max_proxy_v1_size = 107;
/// Longest version 2 header that is accepted: the addresses and generous room for extensions.
inline constexpr std::size_t max_proxy_v2_size = 4096;

struct proxy_reading {
    enum class status : std::uint8_t { need_more, complete, malformed };
    status now{};
    /// complete: the size of the header; the bytes after it belong to the client. need_more: the
    /// header has at least this size.
    std::size_t size = 0;
    proxied_client client{};
};

/// Reads the beginning of a connection. `allowed` is not `off`. Returns malformed at the first byte
/// that cannot belong to a header.
[[nodiscard]] proxy_reading read_proxy_header(std::string_view bytes, core::proxy_protocol allowed);

} // namespace sluice::http
