#pragma once
// The beginning of a connection under TLS: the handshake, within tls.handshake_timeout, then the
// session. Destroys itself.

#include "http/connection/counted_connection.hpp"
#include "http/connection/entrance.hpp"
#include "tls/tls_transport.hpp"

namespace sluice::tls {

class handshake final : public http::counted_connection {
  public:
    /// `ssl` may be null: memory has run out.
    handshake(http::worker& owner, http::arrival from, ssl_handle ssl);

    void start();

  private:
    void look();
    void advance();
    void wait(http::stream_socket::wait_type what);
    /// Ends this, and begins a session over what `make` makes of the socket.
    template <class Make>
    void hand_over(Make make);
    void fail();
    void on_deadline() override;

    http::arrival from_; // but for its socket:
    http::stream_socket socket_;
    ssl_handle ssl_;
    bool has_begun_ = false; // the first byte is one of TLS
    bool is_timed_out_ = false;
};

} // namespace sluice::tls
