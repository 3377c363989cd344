#include "tls/secure_socket.hpp"

#include "http/loop/socket_call.hpp"

#include <boost/asio/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <new>
#include <utility>

namespace sluice::tls {

namespace {

struct method_deleter {
    void operator()(BIO_METHOD* one) const noexcept { BIO_meth_free(one); }
};

} // namespace

void ssl_deleter::operator()(ssl_st* one) const noexcept {
    SSL_free(one);
}

secure_socket::secure_socket(http::ready_set& set, core::unique_fd socket, ssl_handle ssl,
                             http::counter& floods)
    : ready_socket(set), socket_(std::move(socket)), ssl_(std::move(ssl)), floods_(floods) {
    auto* const bio = ssl_ ? BIO_new(method()) : nullptr;
    if (bio == nullptr) {
        throw std::bad_alloc();
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio); // owns it
}

// The table of functions that OpenSSL calls: shared by all sockets, made once, never changed.
const BIO_METHOD* secure_socket::method() {
    static const auto made = [] {
        std::unique_ptr<BIO_METHOD, method_deleter> table(
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "secure_socket"));
        if (!table) {
            throw std::bad_alloc();
        }
        BIO_meth_set_read_ex(table.get(), on_read);
        BIO_meth_set_write_ex(table.get(), on_write);
        BIO_meth_set_ctrl(table.get(), on_control);
        return table;
    }();
    return made.get();
}

int secure_socket::on_read(BIO* from, char* into, std::size_t wanted, std::size_t* got) {
    BIO_clear_retry_flags(from);
    auto& self = *static_cast<secure_socket*>(BIO_get_data(from));
    *got = self.take({into, wanted});
    if (*got == 0 && self.fault_ == EAGAIN) {
        BIO_set_retry_read(from);
    }
    return *got > 0 ? 1 : 0;
}

int secure_socket::on_write(BIO* to, const char* data, std::size_t size, std::size_t* gone) {
    BIO_clear_retry_flags(to);
    auto& self = *static_cast<secure_socket*>(BIO_get_data(to));
    *gone = self.give({data, size});
    if (*gone == 0 && self.fault_ == EAGAIN) {
        BIO_set_retry_write(to);
    }
    return *gone > 0 ? 1 : 0;
}

long secure_socket::on_control(BIO* of, int command, long /*number*/, void* /*pointer*/) {
    switch (command) {
    case BIO_CTRL_FLUSH: // nothing is held back
        return 1;
    case BIO_CTRL_EOF:
        return static_cast<secure_socket*>(BIO_get_data(of))->is_ended_ ? 1 : 0;
    default:
        return 0;
    }
}

std::size_t secure_socket::take(std::span<char> into) noexcept {
    switch (meter_.judge()) {
    case record_meter::verdict::pass:
        break;
    case record_meter::verdict::yield:
        fault_ = EAGAIN;
        return 0;
    case record_meter::verdict::close:
        floods_.add(is_flooded_ ? 0 : 1);
        is_flooded_ = true;
        fault_ = ECONNABORTED;
        return 0;
    }
    into = into.first(meter_.may_take(into.size()));
    std::size_t got = 0;
    if (ahead_.empty() && into.size() >= room_.size()) {
        got = receive(into);
    } else {
        if (ahead_.empty()) {
            ahead_ = {room_.data(), receive(room_)};
        }
        got = ahead_.copy(into.data(), into.size());
        ahead_.remove_prefix(got);
    }
    meter_.took(into.first(got));
    return got;
}

std::size_t secure_socket::receive(std::span<char> into) noexcept {
    if (!may_read()) {
        fault_ = EAGAIN;
        return 0;
    }
    const auto got = http::receive_now(socket_.get(), into);
    fault_ = got < 0 ? errno : 0;
    is_ended_ = got == 0;
    if (got < static_cast<ssize_t>(into.size())) { // later bytes raise a new event
        drained();
    }
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

std::size_t secure_socket::give(std::string_view bytes) noexcept {
    const auto gone = http::send_now(socket_.get(), bytes, is_followed() ? MSG_MORE : 0);
    fault_ = gone < 0 ? errno : 0;
    if (fault_ == EAGAIN) {
        filled();
    }
    if (is_leaving_ && gone > 0) {
        farewell_ += static_cast<std::uint64_t>(gone);
    }
    return gone > 0 ? static_cast<std::size_t>(gone) : 0;
}

// The ticket of TLS 1.3 comes after the last flight of the handshake. No client waits for it, and
// many have sent their request along with their own last flight: the response follows at once. A
// client that has not may wait for the acknowledgement that comes with the ticket (RFC 896).
bool secure_socket::is_followed() const noexcept {
    return is_leaving_ || holds_back_ ||
           (!ahead_.empty() && SSL_get_state(ssl_.get()) == TLS_ST_SW_SESSION_TICKET &&
            SSL_version(ssl_.get()) == TLS1_3_VERSION);
}

http::error_code secure_socket::error_of(int outcome) noexcept {
    const int why = SSL_get_error(ssl_.get(), outcome);
    is_full_ = why == SSL_ERROR_WANT_WRITE;
    switch (why) {
    case SSL_ERROR_NONE:
        return {};
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return http::net::error::would_block;
    case SSL_ERROR_ZERO_RETURN:
        return http::net::error::eof;
    case SSL_ERROR_SYSCALL:
        return fault_ == 0 ? http::error_code(http::net::error::eof)
                           : http::error_code(fault_, boost::system::system_category());
    default:
        return http::net::error::connection_aborted; // the peer violated the protocol
    }
}

// Bytes that were read ahead and not used in this call are kept for the next, such as a request
// after the last record of the handshake.
template <class Call>
http::error_code secure_socket::read_turn(Call call) {
    std::array<char, ahead_size> room; // NOLINT(cppcoreguidelines-pro-type-member-init)
    room_ = room;
    fault_ = 0;
    meter_.begin_turn();
    ERR_clear_error();
    const auto ec = error_of(call(ssl_.get()));
    room_ = {};
    if (ahead_.empty()) {
        kept_ = {};
    } else if (ahead_.data() >= room.data() && ahead_.data() < room.data() + room.size()) {
        kept_ = ahead_;
        ahead_ = kept_;
    }
    return ec;
}

std::optional<char> secure_socket::first_byte(http::error_code& ec) noexcept {
    ec = {};
    char first = 0;
    const auto got = http::receive_now(socket_.get(), {&first, 1}, MSG_PEEK);
    if (got == 1) {
        return first;
    }
    if (got < 0 && errno == EAGAIN) {
        drained();
    } else {
        ec = got == 0 ? http::error_code(http::net::error::eof)
                      : http::error_code(errno, boost::system::system_category());
    }
    return {};
}

void secure_socket::handshake(http::error_code& ec) {
    ec = read_turn([](SSL* ssl) { return SSL_accept(ssl); });
    if (!ec) {
        meter_.established();
    }
}

std::size_t secure_socket::read_some(std::span<char> into, http::error_code& ec) {
    std::size_t got = 0;
    ec = read_turn([&](SSL* ssl) { return SSL_read_ex(ssl, into.data(), into.size(), &got); });
    if (got > 0) {
        meter_.delivered();
    }
    return got;
}

bool secure_socket::can_read(http::error_code& ec) {
    char first = 0;
    std::size_t got = 0;
    ec = read_turn([&](SSL* ssl) { return SSL_peek_ex(ssl, &first, 1, &got); });
    return got > 0;
}

std::size_t secure_socket::write_some(std::string_view text, http::error_code& ec) noexcept {
    std::size_t gone = 0;
    fault_ = 0;
    meter_.begin_turn();
    ERR_clear_error();
    ec = error_of(SSL_write_ex(ssl_.get(), text.data(), text.size(), &gone));
    return gone;
}

bool secure_socket::has_more() const noexcept {
    return !ahead_.empty() || SSL_pending(ssl_.get()) > 0;
}

void secure_socket::cancel_wait() noexcept {
    end_wait(http::net::error::operation_aborted);
}

// Sends close_notify, so that the peer can distinguish this close from a cut connection. Sent once,
// and not after an error, as OpenSSL ensures.
void secure_socket::say_goodbye() noexcept {
    if (socket_ && !is_flooded_ && (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) == 0) {
        ERR_clear_error();
        is_leaving_ = true;
        SSL_shutdown(ssl_.get());
    }
}

void secure_socket::shutdown_send() noexcept {
    if (::shutdown(socket_.get(), SHUT_WR) == 0) { // else the peer is gone already
        ++farewell_;
    }
}

void secure_socket::close() noexcept {
    leave();
    socket_ = {};
    end_wait(http::net::error::operation_aborted);
}

void secure_socket::abort() noexcept {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

core::unique_fd secure_socket::release() noexcept {
    withdraw(socket_.get());
    return std::move(socket_);
}

} // namespace sluice::tls
