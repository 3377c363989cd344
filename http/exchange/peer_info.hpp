#pragma once
// The peer of a connection, as the listener sees it or as a trusted proxy names it. Plain data. Not
// the decision whether a proxy is trusted: http/exchange/client_origin.hpp makes it. Used by the
// listener, the sessions and the handlers.

#include "core/address/ip_address.hpp"

#include <string>
#include <string_view>

namespace sluice::http {

struct peer_info {
    std::string address;      // without the port; "unix" when there is none
    bool is_loopback = false; // a TCP client on this machine, without PROXY header
    bool is_unix = false;     // over a unix socket
    bool is_secure = false;   // over TLS, here or at the balancer
    core::ip_address ip{};    // all zero: unknown
    /// The value of Strict-Transport-Security in responses; empty: the field is not sent. Outlives
    /// the connection.
    std::string_view transport_security{};
};

} // namespace sluice::http
