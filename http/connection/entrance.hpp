#pragma once
// An accepted connection before it has a session, and the interface that starts the session. Not
// the session itself: bare_sessions, proxied_sessions and tls::context implement session_starter.
// The worker includes only this header, so it depends on no session, transport or PROXY header.
// Used by http/connection/worker.hpp, http/connection/listener.hpp, the starters and
// tls/handshake.hpp.

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

/// Starts the session of a connection, or a step before it: the PROXY header or the TLS handshake.
class session_starter {
  public:
    virtual ~session_starter() = default;
    /// Called on the worker's thread. Throws std::exception when memory runs out; the socket is
    /// then closed.
    virtual void start(worker& owner, arrival from) const = 0;

  protected:
    session_starter() = default;
    session_starter(const session_starter&) = default;
    session_starter& operator=(const session_starter&) = default;
};

/// The gate and the starter that a listener uses for each connection. Outlives the connections.
struct entrance {
    connection_gate& gate;
    const session_starter& starter;
    /// A PROXY header names the client later; until then the gate counts the connection in the
    /// total only.
    bool is_proxied = false;
};

} // namespace sluice::http
