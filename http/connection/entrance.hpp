#pragma once
// What is particular about the connections of one listener, and a connection on its way in.

#include "core/address/ip_address.hpp"
#include "core/base/unique_fd.hpp"
#include "core/config/config_listener.hpp"
#include "http/connection/connection_gate.hpp"
#include "http/exchange/peer_info.hpp"

#include <vector>

namespace sluice::http {

class worker;

/// A connection before it has a session.
struct arrival {
    core::unique_fd socket; // in non-blocking mode
    peer_info peer;
    connection_gate::verdict verdict;
};

/// Makes a session in another way than over the bare socket (TLS).
class session_starter {
  public:
    virtual ~session_starter() = default;
    /// On the worker's thread.
    virtual void start(worker& owner, arrival from) const = 0;

  protected:
    session_starter() = default;
    session_starter(const session_starter&) = default;
    session_starter& operator=(const session_starter&) = default;
};

/// Outlives the connections.
struct entrance {
    connection_gate* gate = nullptr;
    core::proxy_protocol proxy = core::proxy_protocol::off;
    std::vector<core::address_block> proxy_from; // who may send its header; empty: everybody
    const session_starter* starter = nullptr;    // null: the bare socket
};

} // namespace sluice::http
