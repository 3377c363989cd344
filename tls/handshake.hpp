#pragma once
// The beginning of a connection under TLS: the handshake, within tls.handshake_timeout, then the
// session. Destroys itself.

#include "http/connection/counted_connection.hpp"
#include "http/connection/entrance.hpp"
#include "tls/secure_socket.hpp"

#include <memory>
#include <string_view>

namespace sluice::tls {

class handshake final : public http::counted_connection {
  public:
    /// `transport_security` is what answers under TLS say in Strict-Transport-Security, and
    /// outlives the connection. Throws std::bad_alloc; `ssl` may be null: memory has run out.
    handshake(http::worker& owner, http::arrival from, ssl_handle ssl,
              std::string_view transport_security);

    void start();

  private:
    void look();
    void advance();
    void wait();
    /// Ends this, and begins a session over what `make` makes of the socket.
    template <class Make>
    void hand_over(Make make);
    void fail();
    void on_deadline() override;

    http::arrival from_; // but for its socket:
    std::unique_ptr<secure_socket> socket_;
    std::string_view transport_security_;
    bool has_begun_ = false; // the first byte is one of TLS
    bool is_timed_out_ = false;
};

} // namespace sluice::tls
