#pragma once
// The start of a TLS connection: runs the handshake, within tls.handshake_timeout, then starts the
// session and destroys itself. Holds no certificates: tls/context does. Used by tls/context.cpp.

#include "http/connection/counted_connection.hpp"
#include "http/connection/entrance.hpp"
#include "tls/secure_socket.hpp"

#include <memory>
#include <string_view>

namespace sluice::tls {

class handshake final : public http::counted_connection {
  public:
    /// `transport_security` is the value of Strict-Transport-Security in responses under TLS; it
    /// outlives the connection. Throws std::bad_alloc; `ssl` may be null when memory has run out.
    handshake(http::worker& owner, http::arrival from, ssl_handle ssl,
              std::string_view transport_security);

    void start();

  private:
    void look();
    void advance();
    void wait();
    /// Destroys this and starts a session over the transport that `make` makes of the socket.
    template <class Make>
    void hand_over(Make make);
    void fail();
    void on_deadline() override;

    http::arrival from_; // without its socket:
    std::unique_ptr<secure_socket> socket_;
    std::string_view transport_security_;
    bool has_begun_ = false; // the first byte belongs to TLS
    bool is_timed_out_ = false;
};

} // namespace sluice::tls
