#pragma once
// The transport of a plain TCP or unix socket: non-blocking system calls; file bytes are sent by
// sendfile. Not TLS: tls/tls_transport.hpp is. The process ignores SIGPIPE (app/process/signals),
// because sendfile has no flag against it. Used by http/connection/bare_sessions.cpp and
// tls/handshake.cpp.

#include "core/base/unique_fd.hpp"
#include "http/loop/peer_pulse.hpp"
#include "http/loop/ready_set.hpp"
#include "http/loop/send_queue.hpp"
#include "http/loop/transport.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace sluice::http {

class socket_transport : private ready_socket {
  public:
    /// REQUIRES: `socket` is connected and in non-blocking mode. Movable until the first wait.
    socket_transport(ready_set& set, core::unique_fd socket) noexcept
        : ready_socket(set), socket_(std::move(socket)) {}

    std::size_t read_some(std::span<char> into, error_code& ec) noexcept;
    std::size_t write_some(std::string_view text, follow_up next, error_code& ec) noexcept;
    std::size_t send_file(int file, std::uint64_t offset, std::uint64_t length,
                          error_code& ec) noexcept;
    [[nodiscard]] static bool has_unsent() noexcept { return false; }
    [[nodiscard]] bool is_drained() const noexcept { return !may_read(); }

    template <class Handler>
    void async_wait_readable(const Handler& handler) {
        wait(want::read, socket_.get(), handler);
    }
    template <class Handler>
    void async_wait_next(const Handler& handler) {
        wait(want::read, socket_.get(), handler, true);
    }
    template <class Handler>
    void async_wait_writable(const Handler& handler) {
        wait(want::write, socket_.get(), handler);
    }
    void cancel_wait() noexcept { end_wait(net::error::operation_aborted); }
    [[nodiscard]] peer_state peek() noexcept;
    [[nodiscard]] std::uint64_t unacknowledged() const noexcept {
        return unacknowledged_bytes(socket_.get());
    }
    [[nodiscard]] std::uint64_t undelivered() const noexcept {
        const auto queued = queued_bytes(socket_.get());
        return queued > 0 && is_shut_ ? queued - 1 : queued; // without the FIN
    }
    [[nodiscard]] core::peer_pulse pulse() const noexcept {
        auto seen = pulse_of(socket_.get());
        seen.queued = undelivered();
        return seen;
    }
    void limit_unsent(unsigned bytes) const noexcept { http::limit_unsent(socket_.get(), bytes); }
    static void say_goodbye() noexcept {}
    void shutdown_send() noexcept;
    void close() noexcept;
    void abort() noexcept;

  private:
    // Returns `count` and records whether the socket's buffer is full.
    std::size_t sent(std::size_t count, error_code ec) noexcept;

    core::unique_fd socket_;
    bool is_shut_ = false; // for sending
};

static_assert(transport<socket_transport>);

} // namespace sluice::http
