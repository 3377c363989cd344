#pragma once
// The header a balancer puts before a connection to say whose it is: PROXY protocol versions 1 and
// 2 (HAProxy, doc/proxy-protocol.txt). Bytes in, addresses out; reads no socket. Strict: what is
// not a header to the letter ends the connection.

#include "core/address/ip_address.hpp"
#include "core/config/config_listener.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http {

/// What a header says of the client.
struct proxied_client {
    bool is_known = false;  // false: LOCAL, UNKNOWN or UNSPEC: the address is the balancer's
    bool is_secure = false; // version 2: it came to the balancer by TLS
    bool is_unix = false;   // version 2: a unix socket at the balancer; `address` is not set
    core::ip_address address{};
    std::uint16_t port = 0;
};

/// Longest version 1 header, with its CRLF.
inline constexpr std::size_t max_proxy_v1_size = 107;
/// Longest version 2 header that is read: the addresses and generous room for extensions.
inline constexpr std::size_t max_proxy_v2_size = 4096;

struct proxy_reading {
    enum class status : std::uint8_t { need_more, complete, malformed };
    status now{};
    /// complete: bytes of the header, what follows is the client's. need_more: the header has at
    /// least so many.
    std::size_t size = 0;
    proxied_client client{};
};

/// Reads the beginning of a connection. `allowed` is not `off`. Malformed is said at the first byte
/// that cannot belong to a header.
[[nodiscard]] proxy_reading read_proxy_header(std::string_view bytes, core::proxy_protocol allowed);

} // namespace sluice::http
