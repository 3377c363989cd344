#pragma once
// A connection under TLS, in the terms of http/loop/transport.hpp: OpenSSL straight on a
// non-blocking socket. What is to be sent is taken into one buffer, so that a header and the first
// bytes of its file share a record.

#include "http/loop/asio.hpp"
#include "http/loop/transport.hpp"

#include <boost/asio/post.hpp>

#include <cstdint>
#include <memory>
#include <utility>

struct ssl_st;

namespace sluice::tls {

struct ssl_deleter {
    void operator()(ssl_st* one) const noexcept;
};
using ssl_handle = std::unique_ptr<ssl_st, ssl_deleter>;

class transport {
  public:
    /// The handshake of `ssl`, which works on `socket`, is over.
    transport(http::stream_socket socket, ssl_handle ssl) noexcept
        : socket_(std::move(socket)), ssl_(std::move(ssl)) {}

    std::size_t read_some(std::span<char> into, http::error_code& ec);
    std::size_t write_some(std::string_view text, bool more, http::error_code& ec);
    std::size_t send_file(int file, std::uint64_t offset, std::uint64_t length,
                          http::error_code& ec);
    [[nodiscard]] bool has_unsent() const noexcept { return sent_ < taken_; }
    [[nodiscard]] static bool is_drained() noexcept { return false; }

    template <class Handler>
    void async_wait_readable(Handler&& handler) {
        if (has_decrypted()) { // the socket may stay silent
            http::net::post(socket_.get_executor(),
                            [handler = std::forward<Handler>(handler)]() mutable {
                                handler(http::error_code{});
                            });
            return;
        }
        if (!has_unsent()) {
            out_.reset(); // an idle connection holds no buffer
        }
        socket_.async_wait(http::stream_socket::wait_read, std::forward<Handler>(handler));
    }
    template <class Handler>
    void async_wait_next(Handler&& handler) {
        async_wait_readable(std::forward<Handler>(handler));
    }
    template <class Handler>
    void async_wait_writable(Handler&& handler) {
        socket_.async_wait(
            http::stream_socket::wait_write,
            [this, handler = std::forward<Handler>(handler)](http::error_code ec) mutable {
                if (!ec) {
                    flush(ec);
                }
                handler(ec);
            });
    }
    void cancel_wait() noexcept;
    [[nodiscard]] http::peer_state peek() noexcept;
    void say_goodbye() noexcept;
    void shutdown_send() noexcept;
    void close() noexcept;
    void abort() noexcept;

  private:
    [[nodiscard]] bool has_decrypted() const noexcept;
    /// Sends what was taken, as far as the socket lets it.
    void flush(http::error_code& ec);
    /// How much may be taken now; 0 with an error, would_block for one.
    std::size_t make_room(http::error_code& ec);
    /// Maps the outcome of a call to an error; would_block when it is to be tried again.
    [[nodiscard]] http::error_code error_of(int outcome) const noexcept;

    http::stream_socket socket_;
    ssl_handle ssl_;
    std::unique_ptr<char[]> out_; // what was taken and is not in a record yet
    std::size_t taken_ = 0;       // bytes in it
    std::size_t sent_ = 0;        // of those
};

static_assert(http::transport<transport>);

} // namespace sluice::tls
