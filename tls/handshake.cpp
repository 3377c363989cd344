#include "tls/handshake.hpp"

#include "http/connection/session.hpp"
#include "http/loop/socket_transport.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <utility>

namespace sluice::tls {

handshake::handshake(http::worker& owner, http::arrival from, ssl_handle ssl)
    : counted_connection(owner), from_(std::move(from)),
      socket_(http::make_stream_socket(owner.context(), std::move(from_.socket))),
      ssl_(std::move(ssl)) {}

void handshake::start() {
    if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) {
        fail();
        return;
    }
    arm(now() + http::patience_with(from_.verdict.how, owner_.where().limits.handshake_timeout));
    guarded([this] { look(); });
}

// Whoever begins with a capital letter speaks HTTP, and is told so in HTTP; TLS begins with the
// type of a record (RFC 8446 §5.1).
void handshake::look() {
    char first = 0;
    const auto got = ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        wait(http::stream_socket::wait_read);
    } else if (got <= 0) {
        delete this; // looked whether somebody is here, as balancers do
    } else if (first >= 'A' && first <= 'Z') {
        if (from_.verdict.how == http::admission::served) {
            from_.verdict.how = http::admission::not_secure;
        }
        owner_.count().tls_handshakes_failed.add();
        hand_over([&ready = owner_.ready()](auto socket, auto) {
            return http::socket_transport(ready, core::unique_fd(socket.release()));
        });
    } else {
        has_begun_ = true;
        advance();
    }
}

void handshake::advance() {
    ERR_clear_error();
    const int outcome = SSL_accept(ssl_.get());
    if (outcome == 1) {
        from_.peer.is_secure = true;
        hand_over(
            [](auto socket, auto ssl) { return transport(std::move(socket), std::move(ssl)); });
        return;
    }
    switch (SSL_get_error(ssl_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
        wait(http::stream_socket::wait_read);
        break;
    case SSL_ERROR_WANT_WRITE:
        wait(http::stream_socket::wait_write);
        break;
    default: // an alert has been sent where one is due
        fail();
        break;
    }
}

void handshake::wait(http::stream_socket::wait_type what) {
    wait_for(http::connection_state::reading);
    socket_.async_wait(what, [this](http::error_code ec) {
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
    auto ssl = std::move(ssl_);
    delete this; // from here on nothing throws
    try {
        auto over = make(std::move(socket), std::move(ssl));
        auto* started =
            new http::session<decltype(over)>(owner, std::move(over), std::move(from.peer));
        started->start(std::move(from.verdict)); // destroys itself
    } catch (const std::exception&) {            // no memory for a session: the socket closes
        owner.count().faults.add();
    }
}

void handshake::fail() {
    owner_.count().tls_handshakes_failed.add();
    ERR_clear_error();
    delete this;
}

void handshake::on_deadline() {
    is_timed_out_ = true;
    http::error_code ignored;
    socket_.close(ignored); // the outstanding wait ends this
}

} // namespace sluice::tls
