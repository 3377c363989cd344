#include "tls/tls_transport.hpp"

#include <boost/asio/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace sluice::tls {

namespace {

constexpr std::size_t buffer_size = SSL3_RT_MAX_PLAIN_LENGTH; // of one record

} // namespace

void ssl_deleter::operator()(ssl_st* one) const noexcept {
    SSL_free(one);
}

http::error_code transport::error_of(int outcome) const noexcept {
    switch (SSL_get_error(ssl_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return http::net::error::would_block;
    case SSL_ERROR_ZERO_RETURN:
        return http::net::error::eof;
    case SSL_ERROR_SYSCALL:
        return errno == 0 ? http::error_code(http::net::error::eof)
                          : http::error_code(errno, boost::system::system_category());
    default:
        return http::net::error::connection_aborted; // the peer broke the protocol
    }
}

bool transport::has_decrypted() const noexcept {
    return SSL_pending(ssl_.get()) > 0;
}

std::size_t transport::read_some(std::span<char> into, http::error_code& ec) {
    ec = {};
    std::size_t got = 0;
    ERR_clear_error();
    errno = 0;
    const int outcome = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
    if (outcome != 1) {
        ec = error_of(outcome);
    }
    return got;
}

void transport::flush(http::error_code& ec) {
    ec = {};
    while (has_unsent()) {
        std::size_t gone = 0;
        ERR_clear_error();
        errno = 0;
        const int outcome = SSL_write_ex(ssl_.get(), out_.get() + sent_, taken_ - sent_, &gone);
        if (outcome != 1) {
            ec = error_of(outcome);
            if (ec == http::net::error::would_block) {
                ec = {};
            }
            return;
        }
        sent_ += gone;
    }
    taken_ = sent_ = 0;
}

std::size_t transport::make_room(http::error_code& ec) {
    ec = {};
    const auto is_full = [this] { return sent_ > 0 || taken_ == buffer_size; };
    if (is_full()) {
        flush(ec);
        if (!ec && is_full()) {
            ec = http::net::error::would_block;
        }
        if (ec) {
            return 0;
        }
    }
    if (!out_) {
        out_ = std::make_unique_for_overwrite<char[]>(buffer_size);
    }
    return buffer_size - taken_;
}

std::size_t transport::write_some(std::string_view text, bool more, http::error_code& ec) {
    const auto room = make_room(ec);
    if (room == 0) {
        return 0;
    }
    const auto count = text.copy(out_.get() + taken_, room);
    taken_ += count;
    if (!more || taken_ == buffer_size) {
        flush(ec);
    }
    return ec ? 0 : count;
}

std::size_t transport::send_file(int file, std::uint64_t offset, std::uint64_t length,
                                 http::error_code& ec) {
    const auto room = make_room(ec);
    if (room == 0) {
        return 0;
    }
    const auto got = ::pread(file, out_.get() + taken_, std::min<std::uint64_t>(length, room),
                             static_cast<off_t>(offset));
    if (got <= 0) {
        const int error = got < 0 ? errno : 0;
        flush(ec); // what came before it may leave, as it would without TLS
        if (error != 0) {
            ec = http::error_code(error, boost::system::system_category());
        }
        return 0;
    }
    taken_ += static_cast<std::size_t>(got);
    flush(ec);
    return ec ? 0 : static_cast<std::size_t>(got);
}

void transport::cancel_wait() noexcept {
    http::error_code ignored; // fails for a closed socket, whose wait has ended
    socket_.cancel(ignored);
}

http::peer_state transport::peek() noexcept {
    char first = 0;
    std::size_t got = 0;
    ERR_clear_error();
    errno = 0;
    const int outcome = SSL_peek_ex(ssl_.get(), &first, 1, &got);
    if (outcome == 1) {
        return http::peer_state::sending;
    }
    const auto why = error_of(outcome);
    return why == http::net::error::would_block                    ? http::peer_state::silent
           : SSL_get_shutdown(ssl_.get()) == SSL_RECEIVED_SHUTDOWN ? http::peer_state::ended
                                                                   : http::peer_state::gone;
}

// close_notify (RFC 8446 §6.1): the end is ours, not that of somebody who cut the connection. Not
// behind a record that has not left, not twice, and not after an error, which OpenSSL sees to.
void transport::say_goodbye() noexcept {
    if (socket_.is_open() && !has_unsent() &&
        (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) == 0) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
    }
}

void transport::shutdown_send() noexcept {
    say_goodbye();
    http::error_code ignored; // the peer may be gone already
    socket_.shutdown(http::stream_socket::shutdown_send, ignored);
}

void transport::close() noexcept {
    // The descriptor's number may soon be somebody else's: OpenSSL has to forget it.
    BIO_set_fd(SSL_get_wbio(ssl_.get()), -1, BIO_NOCLOSE);
    http::error_code ignored;
    socket_.close(ignored);
}

void transport::abort() noexcept {
    http::error_code ignored;
    socket_.set_option(http::net::socket_base::linger(true, 0), ignored);
    close();
}

} // namespace sluice::tls
