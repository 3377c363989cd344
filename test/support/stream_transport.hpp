#pragma once
// Any AsyncStream (an in-memory stream in tests) behind the readiness calls of
// http/loop/transport.hpp: a small buffer each way, file bytes by pread.

#include "http/loop/asio.hpp"
#include "http/loop/transport.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace sluice::test {

template <class Stream>
class stream_transport {
  public:
    explicit stream_transport(Stream stream) : state_(std::make_shared<state>(std::move(stream))) {}

    std::size_t read_some(std::span<char> into, http::error_code& ec) {
        auto& in = state_->in;
        if (in.empty() || state_->is_reading) {
            ec = state_->read_error ? state_->read_error
                                    : http::error_code(http::net::error::would_block);
            return 0;
        }
        ec = {};
        const auto count = std::min(into.size(), in.size());
        std::copy_n(in.begin(), count, into.begin());
        in.erase(0, count);
        return count;
    }

    std::size_t write_some(std::string_view text, http::follow_up /*next*/, http::error_code& ec) {
        return accept(std::min(text.size(), turn), ec,
                      [&](char* to, std::size_t count) { return text.copy(to, count); });
    }

    std::size_t send_file(int file, std::uint64_t offset, std::uint64_t length,
                          http::error_code& ec) {
        return accept(std::min<std::uint64_t>(length, turn), ec, [&](char* to, std::size_t count) {
            const auto got = ::pread(file, to, count, static_cast<off_t>(offset));
            if (got < 0) {
                ec = http::error_code(errno, boost::system::system_category());
            }
            return got < 0 ? std::size_t{0} : static_cast<std::size_t>(got);
        });
    }

    [[nodiscard]] static std::uint64_t unacknowledged() noexcept { return 0; }
    [[nodiscard]] static std::uint64_t undelivered() noexcept { return 0; }
    [[nodiscard]] static core::peer_pulse pulse() noexcept { return {}; }
    static void limit_unsent(unsigned /*bytes*/) noexcept {}
    [[nodiscard]] bool has_unsent() const noexcept {
        return state_->is_flushing && !state_->write_error;
    }

    template <class Handler>
    void async_wait_readable(Handler&& handler) {
        state_->waiter = std::forward<Handler>(handler);
        if (state_->is_reading) { // a read from before a cancelled wait
            return;
        }
        if (!state_->in.empty() || state_->read_error) {
            wake_later(state_);
            return;
        }
        state_->in.resize(turn);
        state_->is_reading = true;
        state_->stream.async_read_some(http::net::buffer(state_->in),
                                       [self = state_](http::error_code ec, std::size_t count) {
                                           self->is_reading = false;
                                           self->in.resize(count);
                                           self->read_error = ec;
                                           wake(self);
                                       });
    }

    template <class Handler>
    void async_wait_next(Handler&& handler) {
        async_wait_readable(std::forward<Handler>(handler));
    }

    template <class Handler>
    void async_wait_writable(Handler&& handler) {
        state_->waiter = std::forward<Handler>(handler);
        if (!state_->is_flushing) {
            wake_later(state_);
        }
    }

    /// A read in progress continues; its bytes are available to the next wait.
    void cancel_wait() { wake_later(state_); }

    [[nodiscard]] http::peer_state peek() const noexcept {
        if (state_->is_reading) {
            return http::peer_state::silent;
        }
        return !state_->in.empty()                           ? http::peer_state::sending
               : state_->read_error == http::net::error::eof ? http::peer_state::ended
               : state_->read_error                          ? http::peer_state::gone
                                                             : http::peer_state::silent;
    }

    [[nodiscard]] static bool is_drained() noexcept { return false; }
    static void say_goodbye() noexcept {}
    /// Shuts down once the written data has been sent.
    void shutdown_send() {
        state_->shuts_down = true;
        if (!state_->is_flushing) {
            state_->stream.close();
        }
    }

    void close() {
        state_->is_closed = true;
        state_->stream.close();
        wake_later(state_);
    }

    void abort() { close(); }

  private:
    static constexpr std::size_t turn = 65536; // bytes buffered each way at most

    struct state {
        explicit state(Stream s) : stream(std::move(s)) {}
        Stream stream;
        std::string in;
        std::string out;
        http::error_code read_error;
        http::error_code write_error;
        bool is_reading = false; // then `in` belongs to the read
        bool is_flushing = false;
        bool is_closed = false;
        bool shuts_down = false; // after the flush
        std::function<void(http::error_code)> waiter;
    };

    static void wake(const std::shared_ptr<state>& self) {
        if (auto waiter = std::exchange(self->waiter, nullptr)) {
            waiter(self->is_closed ? http::error_code(http::net::error::operation_aborted)
                                   : http::error_code{});
        }
    }
    static void wake_later(const std::shared_ptr<state>& self) {
        http::net::post(self->stream.get_executor(), [self] { wake(self); });
    }

    // Takes up to `count` bytes from `fill` into the out buffer and starts to send them.
    template <class Fill>
    std::size_t accept(std::size_t count, http::error_code& ec, Fill fill) {
        if (state_->write_error) {
            ec = state_->write_error;
            return 0;
        }
        if (state_->is_flushing) {
            ec = http::net::error::would_block;
            return 0;
        }
        ec = {};
        auto& out = state_->out;
        out.resize(count);
        out.resize(fill(out.data(), count));
        if (out.empty()) {
            return 0;
        }
        state_->is_flushing = true;
        http::net::async_write(state_->stream, http::net::buffer(out),
                               [self = state_](http::error_code failure, std::size_t) {
                                   self->is_flushing = false;
                                   self->write_error = failure;
                                   if (self->shuts_down) {
                                       self->stream.close();
                                   }
                                   wake(self);
                               });
        return out.size();
    }

    std::shared_ptr<state> state_;
};

} // namespace sluice::test
