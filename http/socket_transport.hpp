#pragma once
// A plain TCP or unix-socket connection: non-blocking system calls, file bytes by sendfile. SIGPIPE
// is ignored by the process (app/signals): sendfile has no flag against it.

#include "http/asio.hpp"
#include "http/transport.hpp"

#include <utility>

namespace sluice::http {

class socket_transport {
  public:
    /// `socket` is connected and in non-blocking mode.
    explicit socket_transport(stream_socket socket) noexcept : socket_(std::move(socket)) {}

    std::size_t read_some(std::span<char> into, error_code& ec) noexcept;
    std::size_t write_some(std::string_view text, bool more, error_code& ec) noexcept;
    std::size_t send_file(int file, std::uint64_t offset, std::uint64_t length,
                          error_code& ec) noexcept;
    [[nodiscard]] static bool has_unsent() noexcept { return false; }

    template <class Handler>
    void async_wait_readable(Handler&& handler) {
        socket_.async_wait(stream_socket::wait_read, std::forward<Handler>(handler));
    }
    template <class Handler>
    void async_wait_writable(Handler&& handler) {
        socket_.async_wait(stream_socket::wait_write, std::forward<Handler>(handler));
    }
    void cancel_wait() noexcept;
    [[nodiscard]] peer_state peek() noexcept;
    static void say_goodbye() noexcept {}
    void shutdown_send() noexcept;
    void close() noexcept;
    void abort() noexcept;

  private:
    stream_socket socket_;
};

static_assert(transport<socket_transport>);

} // namespace sluice::http
