#pragma once
// A connection on its way in, and what a listener makes of it. Not the session, and not what comes
// before one: bare_sessions, proxy_first and tls::context are session_starters. The worker knows
// this header alone, so that it knows neither sessions nor transports nor PROXY headers.

#include "core/base/unique_fd.hpp"
#include "http/connection/connection_gate.hpp"
#include "http/exchange/peer_info.hpp"

namespace sluice::http {

class worker;

/// A connection before it has a session.
struct arrival {
    core::unique_fd socket; // in non-blocking mode
    peer_info peer;
    connection_gate::verdict verdict;
};

/// Makes the session of a connection, or what has to come before it: a PROXY header, a handshake.
class session_starter {
  public:
    virtual ~session_starter() = default;
    /// On the worker's thread. Throws std::exception when memory has run out; the socket is closed
    /// then.
    virtual void start(worker& owner, arrival from) const = 0;

  protected:
    session_starter() = default;
    session_starter(const session_starter&) = default;
    session_starter& operator=(const session_starter&) = default;
};

/// What a listener asks and starts for each connection. Outlives the connections.
struct entrance {
    connection_gate& gate;
    const session_starter& starter;
    /// A header names the client later; until then the gate counts the connection for nobody.
    bool is_proxied = false;
};

} // namespace sluice::http
