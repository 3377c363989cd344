#pragma once
// A connection in memory for http::session. The peer's data arrives in parts of chosen sizes, and
// the written data is kept. Nothing runs by itself: step() runs one ready handler. Aborts when a
// session writes after it has closed its sending side.

#include "http/loop/transport.hpp"
#include "test/fuzz/fuzz.hpp"

#include <boost/asio/error.hpp>

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::fuzz {

/// Both ends of the connection. Outlives the transport.
struct memory_connection {
    using handler = std::function<void(http::error_code)>;

    std::string_view incoming;              // not delivered yet
    std::string_view delivered;             // not read yet
    std::function<std::size_t()> next_part; // bytes of the next delivery, at least one
    std::size_t window = 0;                 // bytes that a write takes before it would block
    std::size_t room = 0;
    bool ends = true; // the peer closes after its last byte; otherwise it goes silent
    std::string written;
    bool is_shut = false;      // the session closed its sending side
    bool is_closed = false;    // and the connection
    bool is_gone = false;      // and is destroyed
    bool is_cancelled = false; // the session's wait ends without a reason

    handler readable;
    handler writable;

    /// Runs one handler that is ready; false when there is none.
    bool step() {
        if ((is_closed || std::exchange(is_cancelled, false)) && (readable || writable)) {
            take_waiter()(http::net::error::operation_aborted);
        } else if (writable) {
            room = window;
            std::exchange(writable, nullptr)({});
        } else if (readable && (!delivered.empty() || deliver() || ends)) {
            std::exchange(readable, nullptr)({});
        } else {
            return false;
        }
        return true;
    }

  private:
    handler take_waiter() { return std::exchange(readable ? readable : writable, nullptr); }

    bool deliver() {
        const auto part = std::min(next_part(), incoming.size());
        delivered = incoming.substr(0, part);
        incoming.remove_prefix(part);
        return part > 0;
    }
};

class memory_transport {
  public:
    explicit memory_transport(memory_connection& peer) noexcept : peer_(&peer) {}
    memory_transport(memory_transport&& other) noexcept
        : peer_(std::exchange(other.peer_, nullptr)) {}
    memory_transport& operator=(memory_transport&&) = delete;
    ~memory_transport() {
        if (peer_ != nullptr) {
            peer_->is_gone = true;
        }
    }

    std::size_t read_some(std::span<char> into, http::error_code& ec) const {
        auto& from = peer_->delivered;
        const auto count = from.copy(into.data(), std::min(into.size(), from.size()));
        from.remove_prefix(count);
        ec = count > 0   ? http::error_code()
             : is_over() ? http::error_code(http::net::error::eof)
                         : http::error_code(http::net::error::would_block);
        return count;
    }

    std::size_t write_some(std::string_view text, http::follow_up /*next*/,
                           http::error_code& ec) const {
        return write(text.size(), ec, [&](char* to, std::size_t n) { return text.copy(to, n); });
    }

    std::size_t send_file(int file, std::uint64_t offset, std::uint64_t length,
                          http::error_code& ec) const {
        return write(length, ec, [&](char* to, std::size_t n) {
            const auto got = ::pread(file, to, n, static_cast<off_t>(offset));
            require(got >= 0);
            return static_cast<std::size_t>(got);
        });
    }

    [[nodiscard]] static std::uint64_t unacknowledged() noexcept { return 0; }
    [[nodiscard]] static std::uint64_t undelivered() noexcept { return 0; }
    [[nodiscard]] static core::peer_pulse pulse() noexcept { return {}; }
    static void limit_unsent(unsigned /*bytes*/) noexcept {}
    [[nodiscard]] static bool has_unsent() noexcept { return false; }
    [[nodiscard]] bool is_drained() const noexcept {
        return peer_->delivered.empty() && !is_over();
    }

    template <class Handler>
    void async_wait_readable(Handler&& handler) const {
        require(!peer_->readable && !peer_->writable);
        peer_->readable = std::forward<Handler>(handler);
    }
    template <class Handler>
    void async_wait_next(Handler&& handler) const {
        async_wait_readable(std::forward<Handler>(handler));
    }
    template <class Handler>
    void async_wait_writable(Handler&& handler) const {
        require(!peer_->readable && !peer_->writable);
        peer_->writable = std::forward<Handler>(handler);
    }
    void cancel_wait() const noexcept { peer_->is_cancelled = true; }
    [[nodiscard]] http::peer_state peek() const noexcept {
        return !peer_->delivered.empty() ? http::peer_state::sending
               : is_over()               ? http::peer_state::ended
                                         : http::peer_state::silent;
    }
    static void say_goodbye() noexcept {}
    void shutdown_send() const noexcept { peer_->is_shut = true; }
    void close() const noexcept { peer_->is_closed = true; }
    void abort() const noexcept { close(); }

  private:
    [[nodiscard]] bool is_over() const noexcept { return peer_->ends && peer_->incoming.empty(); }

    template <class Fill>
    std::size_t write(std::uint64_t wanted, http::error_code& ec, Fill fill) const {
        require(!peer_->is_shut && !peer_->is_closed);
        const auto count = std::min<std::uint64_t>(wanted, peer_->room);
        if (count == 0) {
            ec = http::net::error::would_block;
            return 0;
        }
        ec = {};
        const auto before = peer_->written.size();
        peer_->written.resize(before + count);
        const auto filled = fill(peer_->written.data() + before, count);
        peer_->written.resize(before + filled);
        peer_->room -= filled;
        return filled;
    }

    memory_connection* peer_;
};

static_assert(http::transport<memory_transport>);

} // namespace sluice::fuzz
