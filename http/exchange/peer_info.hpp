#pragma once
// The other end of a connection, as the listener sees it or as a trusted proxy names it. Plain
// data: whether a proxy is trusted is http/exchange/client_origin.hpp's question.

#include "core/address/ip_address.hpp"

#include <string>
#include <string_view>

namespace sluice::http {

struct peer_info {
    std::string address;      // without the port; "unix" where there is none
    bool is_loopback = false; // a TCP client on this machine, and no PROXY header
    bool is_unix = false;     // by a unix socket
    bool is_secure = false;   // by TLS, here or at the balancer
    core::ip_address ip{};    // all zero: not known
    /// What answers say in Strict-Transport-Security; empty: nothing. Outlives the connection.
    std::string_view transport_security{};
};

} // namespace sluice::http
