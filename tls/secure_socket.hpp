#pragma once
// A socket with its TLS state. OpenSSL reads and writes through this object, not through the
// descriptor: one system call reads several records, and one call into OpenSSL handles a few
// records at most, whatever the peer sends (tls/record_meter). Used by tls/handshake, and after it
// by tls/tls_transport. One thread.

#include "core/base/unique_fd.hpp"
#include "http/loop/peer_pulse.hpp"
#include "http/loop/ready_set.hpp"
#include "http/loop/send_queue.hpp"
#include "http/telemetry/counter.hpp"
#include "tls/record_meter.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct bio_st;
struct bio_method_st;
struct ssl_st;

namespace sluice::tls {

struct ssl_deleter {
    void operator()(ssl_st* one) const noexcept;
};
using ssl_handle = std::unique_ptr<ssl_st, ssl_deleter>;

class secure_socket final : private http::ready_socket {
  public:
    /// `socket` is connected and in non-blocking mode. Counts the connection in `floods` when it is
    /// closed because its records hold no data. Throws std::bad_alloc when OpenSSL has no memory
    /// for the connection; `ssl` may then be null.
    secure_socket(http::ready_set& set, core::unique_fd socket, ssl_handle ssl,
                  http::counter& floods);
    secure_socket(const secure_socket&) = delete;
    secure_socket& operator=(const secure_socket&) = delete;

    /// Peeks at the first byte. Fails when there is none yet, or with an error such as end of
    /// input. Call before the first call into OpenSSL.
    [[nodiscard]] std::optional<char> first_byte(http::error_code& ec) noexcept;
    /// Continues the handshake as the server. would_block: wait, then call again. After any other
    /// error, an alert has been sent if the protocol requires one.
    void handshake(http::error_code& ec);

    /// Read like a transport's calls of the same name; one record of data at most.
    std::size_t read_some(std::span<char> into, http::error_code& ec);
    [[nodiscard]] bool can_read(http::error_code& ec);
    /// A short segment is held back from now on: say_goodbye() and shutdown_send() follow, and the
    /// last record, the close_notify and the FIN share it.
    void hold_back() noexcept { holds_back_ = true; }
    /// One record.
    std::size_t write_some(std::string_view text, http::error_code& ec) noexcept;

    /// True when there is known to be nothing to read.
    [[nodiscard]] bool is_drained() const noexcept { return !may_read() && !has_more(); }

    /// Waits until the call that would block can be repeated; `is_sure` as in ready_socket.
    template <class Handler>
    void wait_readable(const Handler& handler, bool is_sure = false) {
        if (!is_full_ && has_more()) { // the socket may stay silent
            wait_no_longer(handler);
        } else {
            wait(is_full_ ? want::write : want::read, socket_.get(), handler, is_sure);
        }
    }
    template <class Handler>
    void wait_writable(const Handler& handler) {
        wait(want::write, socket_.get(), handler);
    }
    void cancel_wait() noexcept;

    /// Sends close_notify (RFC 8446 §6.1), once. shutdown_send() or close() must follow: the kernel
    /// may hold the record until then.
    void say_goodbye() noexcept;
    /// As http::unacknowledged_bytes(), records included.
    [[nodiscard]] std::uint64_t unacknowledged() const noexcept {
        return http::unacknowledged_bytes(socket_.get());
    }
    /// Bytes of records that the peer has not acknowledged, also after the connection was lost; the
    /// close_notify and the FIN do not count.
    [[nodiscard]] std::uint64_t undelivered() const noexcept {
        const auto queued = http::queued_bytes(socket_.get());
        return queued - std::min(queued, farewell_);
    }
    /// Without `queued`.
    [[nodiscard]] core::peer_pulse pulse() const noexcept { return http::pulse_of(socket_.get()); }
    void limit_unsent(unsigned bytes) const noexcept { http::limit_unsent(socket_.get(), bytes); }
    void shutdown_send() noexcept;
    void close() noexcept;
    /// The close resets the connection.
    void abort() noexcept;
    /// Releases the bare socket, for a peer that does not speak TLS.
    [[nodiscard]] core::unique_fd release() noexcept;

  private:
    static constexpr std::size_t ahead_size = 4096; // read in one system call

    // The functions that OpenSSL calls. They return as BIO_read_ex(3) and BIO_write_ex(3) do.
    static const bio_method_st* method();
    static int on_read(bio_st* from, char* into, std::size_t wanted, std::size_t* got);
    static int on_write(bio_st* to, const char* data, std::size_t size, std::size_t* gone);
    static long on_control(bio_st* of, int command, long number, void* pointer);

    /// Makes one call into OpenSSL, with room to read ahead.
    template <class Call>
    http::error_code read_turn(Call call);
    // These return the number of bytes, or 0 with fault_, which is 0 at the end of input.
    std::size_t take(std::span<char> into) noexcept;
    std::size_t receive(std::span<char> into) noexcept;
    std::size_t give(std::string_view bytes) noexcept;
    [[nodiscard]] bool has_more() const noexcept;
    /// True when more is written soon, so that the kernel may hold a short segment back.
    [[nodiscard]] bool is_followed() const noexcept;
    // The error of the call that OpenSSL returned `outcome` from.
    [[nodiscard]] http::error_code error_of(int outcome) noexcept;

    core::unique_fd socket_;
    ssl_handle ssl_;
    http::counter& floods_;
    record_meter meter_;
    std::span<char> room_;   // buffer for reading ahead, during a call
    std::string_view ahead_; // read but not used yet: in room_, and in kept_ between two calls
    std::string kept_;
    std::uint64_t farewell_ = 0; // bytes of the close_notify and the FIN
    int fault_ = 0;              // the errno of the last read or write; EAGAIN at the end of a turn
    bool is_full_ = false;       // OpenSSL must write before it continues
    bool is_ended_ = false;
    bool is_leaving_ = false; // close_notify is the last record: it leaves with the FIN
    bool holds_back_ = false;
    bool is_flooded_ = false;
};

} // namespace sluice::tls
