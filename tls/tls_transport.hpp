#pragma once
// A TLS connection as a transport (http/loop/transport.hpp): a secure_socket after its handshake.
// Output is collected in one buffer, so that a header and the first bytes of its file share a
// record. Used by tls/handshake and, as a transport, by http/connection/session.hpp.

#include "http/loop/transport.hpp"
#include "tls/secure_socket.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace sluice::tls {

class transport {
  public:
    /// REQUIRES: the handshake of `socket` is complete.
    explicit transport(std::unique_ptr<secure_socket> socket) noexcept
        : socket_(std::move(socket)) {}

    std::size_t read_some(std::span<char> into, http::error_code& ec) {
        return socket_->read_some(into, ec);
    }
    std::size_t write_some(std::string_view text, http::follow_up next, http::error_code& ec);
    std::size_t send_file(int file, std::uint64_t offset, std::uint64_t length,
                          http::error_code& ec);
    [[nodiscard]] bool has_unsent() const noexcept { return sent_ < taken_; }
    [[nodiscard]] bool is_drained() const noexcept { return socket_->is_drained(); }

    template <class Handler>
    void async_wait_readable(const Handler& handler) {
        give_back();
        socket_->wait_readable(handler);
    }
    template <class Handler>
    void async_wait_next(const Handler& handler) {
        give_back();
        socket_->wait_readable(handler, true);
    }
    template <class Handler>
    void async_wait_writable(const Handler& handler) {
        socket_->wait_writable([this, handler](http::error_code ec) mutable {
            if (!ec) {
                flush(ec);
            }
            handler(ec);
        });
    }
    void cancel_wait() noexcept { socket_->cancel_wait(); }
    [[nodiscard]] http::peer_state peek();
    [[nodiscard]] std::uint64_t unacknowledged() const noexcept {
        return socket_->unacknowledged();
    }
    /// The overhead of the records (22 bytes each in TLS 1.3) counts as bytes of responses, and so
    /// does a record that the kernel has taken in part.
    [[nodiscard]] std::uint64_t undelivered() const noexcept {
        return socket_->undelivered() + (taken_ - sent_);
    }
    [[nodiscard]] core::peer_pulse pulse() const noexcept {
        auto seen = socket_->pulse();
        seen.queued = undelivered();
        return seen;
    }
    void limit_unsent(unsigned bytes) const noexcept { socket_->limit_unsent(bytes); }
    void say_goodbye() noexcept;
    void shutdown_send() noexcept;
    void close() noexcept { socket_->close(); }
    void abort() noexcept { socket_->abort(); }

  private:
    /// An idle connection holds no buffer.
    void give_back() noexcept {
        if (!has_unsent()) {
            out_.reset();
        }
    }
    /// Sends the collected output as far as the socket accepts it.
    void flush(http::error_code& ec);
    /// The number of bytes that can be taken now; 0 with an error such as would_block.
    std::size_t make_room(http::error_code& ec);

    std::unique_ptr<secure_socket> socket_;
    std::unique_ptr<char[]> out_; // collected output that is not in a record yet
    std::size_t taken_ = 0;       // bytes in it
    std::size_t sent_ = 0;        // of those, bytes sent
};

static_assert(http::transport<transport>);

} // namespace sluice::tls
