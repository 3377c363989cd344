#include "tls/tls_transport.hpp"

#include <boost/asio/error.hpp>
#include <openssl/ssl.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace sluice::tls {

namespace {

constexpr std::size_t buffer_size = SSL3_RT_MAX_PLAIN_LENGTH; // of one record

} // namespace

void transport::flush(http::error_code& ec) {
    ec = {};
    while (has_unsent()) {
        const auto gone = socket_->write_some({out_.get() + sent_, taken_ - sent_}, ec);
        if (ec) {
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

std::size_t transport::write_some(std::string_view text, http::follow_up next,
                                  http::error_code& ec) {
    const auto room = make_room(ec);
    if (room == 0) {
        return 0;
    }
    const auto count = text.copy(out_.get() + taken_, room);
    taken_ += count;
    if (next == http::follow_up::shutdown_send) {
        socket_->hold_back();
    }
    if (next != http::follow_up::write || taken_ == buffer_size) {
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
        flush(ec); // sends the data before it, as without TLS
        if (error != 0) {
            ec = http::error_code(error, boost::system::system_category());
        }
        return 0;
    }
    taken_ += static_cast<std::size_t>(got);
    flush(ec);
    return ec ? 0 : static_cast<std::size_t>(got);
}

http::peer_state transport::peek() {
    http::error_code ec;
    if (socket_->can_read(ec)) {
        return http::peer_state::sending;
    }
    return ec == http::net::error::would_block ? http::peer_state::silent
           : ec == http::net::error::eof       ? http::peer_state::ended
                                               : http::peer_state::gone;
}

// Not after a record that has not been sent.
void transport::say_goodbye() noexcept {
    if (!has_unsent()) {
        socket_->say_goodbye();
    }
}

void transport::shutdown_send() noexcept {
    say_goodbye();
    socket_->shutdown_send();
}

} // namespace sluice::tls
