#pragma once
// The beginning of a connection from a balancer that speaks the PROXY protocol: reads the header,
// and not a byte more, then hands the connection to the next starter. The grammar of the header is
// http/connection/proxy_header.hpp's. Made by app for the listeners that ask for a header.

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

/// Which header a listener asks for, and what follows it.
struct proxy_rules {
    connection_gate& gate;                 // asked about the client that the header names
    core::proxy_protocol allowed;          // not `off`
    std::vector<core::address_block> from; // who may send a header; empty: everybody
    const session_starter& next;
};

/// Starts every connection with its PROXY header. Outlives its connections.
class proxied_sessions final : public session_starter {
  public:
    explicit proxied_sessions(proxy_rules rules) : rules_(std::move(rules)) {}
    /// A connection that is turned away is answered at once, without a header.
    void start(worker& owner, arrival from) const override;

  private:
    proxy_rules rules_;
};

/// One connection until its header is complete. Destroys itself.
class proxy_prologue final : public counted_connection {
  public:
    proxy_prologue(worker& owner, arrival from, const proxy_rules& by);

    /// The header has limits.header_timeout to be complete.
    void start();

  private:
    void wait();
    void read();
    void finish(const proxied_client& client);
    void refuse();
    void on_deadline() override;

    arrival from_; // but for its socket:
    stream_socket socket_;
    const proxy_rules& by_;
    std::string taken_; // of the header so far
    bool is_timed_out_ = false;
};

} // namespace sluice::http
