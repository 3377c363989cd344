#pragma once
// The interface between a session and a connection: try to read, try to write, and wait until
// another attempt makes sense. Three types model it: socket_transport (plain sockets, sendfile),
// tls/tls_transport, and stream_transport (any Beast or Asio stream, buffered: for the tests). Used
// by http/connection/session.hpp.

#include "core/download/peer_pause.hpp"
#include "http/loop/asio.hpp"

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::http {

/// The result of peek().
enum class peer_state {
    silent,  // nothing to read
    sending, // something to read
    ended,   // the peer closed its side and may still read (RFC 9112 §9.6)
    gone,    // the peer reset the connection or violated the protocol below
};

/// What comes after the bytes of a write. A short segment is held back until then.
enum class follow_up : std::uint8_t {
    none,
    write,         // another write, at once
    shutdown_send, // likewise: the last segment takes the FIN along
};

/// No call blocks. A call that can make no progress sets would_block; end of input is error::eof.
template <class T>
concept transport = requires(T t, std::span<char> into, std::string_view text, error_code& ec,
                             void (*handler)(error_code)) {
    { t.read_some(into, ec) } -> std::same_as<std::size_t>;
    { t.write_some(text, follow_up::none, ec) } -> std::same_as<std::size_t>;
    /// 0 without an error: the file ends before `offset`.
    { t.send_file(int{}, std::uint64_t{}, std::uint64_t{}, ec) } -> std::same_as<std::size_t>;
    /// True when accepted bytes have not been sent yet: wait until writable.
    { t.has_unsent() } -> std::same_as<bool>;
    /// True when a read would find nothing until a wait for reading ends.
    { t.is_drained() } -> std::same_as<bool>;
    /// At most one wait of either kind is outstanding. close() makes it complete with an error.
    t.async_wait_readable(handler);
    t.async_wait_next(handler); // REQUIRES: is_drained(), and all received data was read
    t.async_wait_writable(handler);
    t.cancel_wait(); // the outstanding wait completes soon, with or without an error
    { t.peek() } -> std::same_as<peer_state>; // consumes nothing
    /// Bytes that the kernel has accepted and the peer's has not acknowledged; 0 when they are
    /// lost.
    { t.unacknowledged() } -> std::same_as<std::uint64_t>;
    /// An upper bound of the last bytes of responses that the peer has not acknowledged, also after
    /// the connection was lost; 0 only when all are acknowledged. REQUIRES: not closed.
    { t.undelivered() } -> std::same_as<std::uint64_t>;
    /// What is known of a peer that takes no bytes, with undelivered(). REQUIRES: not closed.
    { t.pulse() } -> std::same_as<core::peer_pulse>;
    /// From now on, writes fail with would_block while about so many accepted bytes have not been
    /// sent: for a response whose bytes the kernel would have to hold. No effect on a unix socket.
    t.limit_unsent(unsigned{});
    t.say_goodbye();   // announces an orderly end, if the protocol below can
    t.shutdown_send(); // also says goodbye
    t.close();
    t.abort(); // closes and discards accepted bytes that are not delivered
};

} // namespace sluice::http
