#include "tls/handshake.hpp"

#include "http/connection/session_end.hpp"
#include "http/loop/socket_transport.hpp"
#include "tls/tls_transport.hpp"

#include <boost/asio/error.hpp>

#include <exception>
#include <utility>

namespace sluice::tls {

handshake::handshake(http::worker& owner, http::arrival from, ssl_handle ssl,
                     std::string_view transport_security)
    : counted_connection(owner), from_(std::move(from)),
      socket_(std::make_unique<secure_socket>(owner.ready(), std::move(from_.socket),
                                              std::move(ssl), owner.count().tls_record_floods)),
      transport_security_(transport_security) {}

void handshake::start() {
    arm(now() + http::patience_with(from_.verdict.how, owner_.where().limits.handshake_timeout));
    guarded([this] { look(); });
}

// A client that starts with a capital letter uses HTTP and gets a response in HTTP. TLS starts with
// the record type handshake (RFC 8446 §5.1). For any other first byte, also the hello of SSL 2 (RFC
// 6176 §3), the records could not be counted.
void handshake::look() {
    http::error_code ec;
    const auto first = socket_->first_byte(ec);
    if (ec) {
        delete this; // such as a balancer's health check, which connects and leaves
    } else if (!first) {
        wait();
    } else if (*first >= 'A' && *first <= 'Z') {
        if (from_.verdict.how == http::admission::served) {
            from_.verdict.how = http::admission::not_secure;
        }
        owner_.count().tls_handshakes_failed.add();
        hand_over([&ready = owner_.ready()](std::unique_ptr<secure_socket> socket) {
            return http::socket_transport(ready, socket->release());
        });
    } else if ((static_cast<unsigned char>(*first) & 0x80U) != 0) {
        fail();
    } else {
        has_begun_ = true;
        advance();
    }
}

void handshake::advance() {
    http::error_code ec;
    socket_->handshake(ec);
    if (!ec) {
        from_.peer.is_secure = true;
        from_.peer.transport_security = transport_security_; // RFC 6797 §7.2: never without TLS
        hand_over(
            [](std::unique_ptr<secure_socket> socket) { return transport(std::move(socket)); });
    } else if (ec == http::net::error::would_block) {
        wait();
    } else {
        fail();
    }
}

void handshake::wait() {
    wait_for(http::connection_state::reading);
    socket_->wait_readable([this](http::error_code ec) {
        if (ec || is_timed_out_) {
            fail();
        } else {
            guarded([this] { has_begun_ ? advance() : look(); });
        }
    });
}

template <class Make>
void handshake::hand_over(Make make) {
    auto& owner = owner_;
    auto from = std::move(from_);
    auto socket = std::move(socket_);
    delete this; // from here on nothing throws
    try {
        auto over = make(std::move(socket));
        auto* started =
            new http::session<decltype(over)>(owner, std::move(over), std::move(from.peer));
        started->start(std::move(from.verdict)); // destroys itself
    } catch (const std::exception&) {            // no memory for a session: the socket closes
        owner.count().faults.add();
    }
}

void handshake::fail() {
    owner_.count().tls_handshakes_failed.add();
    delete this;
}

void handshake::on_deadline() {
    is_timed_out_ = true;
    socket_->close(); // the pending wait then destroys this
}

} // namespace sluice::tls
