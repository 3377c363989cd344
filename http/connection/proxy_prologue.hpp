#pragma once
// Reads the PROXY header at the beginning of a connection from a balancer, and not a byte more,
// then passes the connection to the next starter. Does not parse the header:
// http/connection/proxy_header.hpp does. Used by app/service/front.hpp for the listeners that
// require a header.

#include "core/address/ip_address.hpp"
#include "core/config/config_listener.hpp"
#include "http/connection/counted_connection.hpp"
#include "http/connection/entrance.hpp"
#include "http/connection/proxy_header.hpp"
#include "http/loop/asio.hpp"

#include <string>
#include <utility>
#include <vector>

namespace sluice::http {

/// The header that a listener requires, and the starter that follows it.
struct proxy_rules {
    connection_gate& gate;                 // decides on the client that the header names
    core::proxy_protocol allowed;          // not `off`
    std::vector<core::address_block> from; // peers that may send a header; empty: all
    const session_starter& next;
};

/// Reads the PROXY header of each connection, then starts the session. Outlives its connections.
class proxied_sessions final : public session_starter {
  public:
    explicit proxied_sessions(proxy_rules rules) : rules_(std::move(rules)) {}
    /// A connection that is turned away gets its response at once; its header is not read.
    void start(worker& owner, arrival from) const override;

  private:
    proxy_rules rules_;
};

/// One connection until its header is complete. Destroys itself.
class proxy_prologue final : public counted_connection {
  public:
    proxy_prologue(worker& owner, arrival from, const proxy_rules& by);

    /// The header must be complete within limits.header_timeout.
    void start();

  private:
    void wait();
    void read();
    void finish(const proxied_client& client);
    void refuse();
    void on_deadline() override;

    arrival from_; // without its socket, which is
    stream_socket socket_;
    const proxy_rules& by_;
    std::string taken_; // bytes of the header read so far
    bool is_timed_out_ = false;
};

} // namespace sluice::http
