#pragma once
// The beginning of a connection by a balancer that speaks the PROXY protocol: reads the header, and
// not a byte more, then makes the session that the listener wants. Destroys itself.

#include "http/connection/counted_connection.hpp"
#include "http/connection/entrance.hpp"
#include "http/connection/proxy_header.hpp"
#include "http/loop/asio.hpp"

#include <string>

namespace sluice::http {

class proxy_prologue final : public counted_connection {
  public:
    proxy_prologue(worker& owner, arrival from, const entrance& by);

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
    const entrance& by_;
    std::string taken_; // of the header so far
    bool is_timed_out_ = false;
};

} // namespace sluice::http
