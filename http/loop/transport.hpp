#pragma once
// What a session needs of a connection: try to read, try to write, wait until trying again makes
// sense. Three models: socket_transport (plain sockets, sendfile), tls/tls_transport, and
// stream_transport (any Beast or Asio stream, buffered: the tests).

#include "http/loop/asio.hpp"

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::http {

/// What peek() finds.
enum class peer_state {
    silent,  // nothing to read
    sending, // something to read
    ended,   // closed its side: it sends no more, and may still read (RFC 9112 §9.6)
    gone,    // reset the connection, or broke the protocol below
};

/// No call blocks. A call that can make no progress sets would_block; end of input is error::eof.
template <class T>
concept transport = requires(T t, std::span<char> into, std::string_view text, error_code& ec,
                             void (*handler)(error_code)) {
    { t.read_some(into, ec) } -> std::same_as<std::size_t>;
    /// `more`: another write follows at once, so a short segment may be held back.
    { t.write_some(text, true, ec) } -> std::same_as<std::size_t>;
    /// 0 without an error: the file ends before `offset`.
    { t.send_file(int{}, std::uint64_t{}, std::uint64_t{}, ec) } -> std::same_as<std::size_t>;
    /// Bytes were taken that have not left yet: wait until writable.
    { t.has_unsent() } -> std::same_as<bool>;
    /// Known to have nothing to read before a wait for it is over.
    { t.is_drained() } -> std::same_as<bool>;
    /// At most one wait of either kind is outstanding. close() makes it complete with an error.
    t.async_wait_readable(handler);
    t.async_wait_next(handler); // where it is drained, and everything that was sent has been read
    t.async_wait_writable(handler);
    t.cancel_wait(); // the outstanding wait completes soon, with or without an error
    { t.peek() } -> std::same_as<peer_state>; // takes nothing
    t.say_goodbye();   // the end that comes is meant: where the protocol below has a word for it
    t.shutdown_send(); // says goodbye, too
    t.close();
    t.abort(); // close, and throw away what has been taken and not yet delivered
};

} // namespace sluice::http
