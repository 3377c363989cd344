#pragma once
// A connection to another server as the client sees it: bytes out, bytes in, an end. The plain one
// is here; the one under TLS is tls/client_channels, which http cannot include
// (docs/decisions/0037-an-outbound-client.md). Not the transport of our own connections: that one
// serves thousands and is a template (http/loop/transport.hpp). Used by http/client.

#include "http/client/client_counts.hpp"
#include "http/loop/asio.hpp"

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace sluice::http {

/// One operation at a time. Handlers are never called from inside the call that takes them. The
/// channel lives until the handler of its last operation has been called or destroyed.
class channel {
  public:
    using done_handler = std::function<void(error_code)>;
    using read_handler = std::function<void(error_code, std::size_t)>;
    using greet_handler = std::function<void(std::string)>;

    virtual ~channel();
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;

    /// Prepares the connection for requests to `host`. `then` gets nothing on success; otherwise a
    /// clause that says why `host` is not to be trusted.
    virtual void greet(const std::string& host, greet_handler then) = 0;
    /// Reads at least one byte; net::error::eof means that the peer has ended its side in order.
    virtual void read_some(net::mutable_buffer into, read_handler then) = 0;
    /// Writes all of it.
    virtual void write(net::const_buffer what, done_handler then) = 0;
    /// Acknowledges to the peer what has arrived, without the delay of RFC 1122 §4.2.3.2. A server
    /// that writes a head and its content apart, without TCP_NODELAY, sends the second after that
    /// (RFC 896).
    virtual void acknowledge() noexcept = 0;
    /// Ends the connection; the pending operation fails.
    virtual void close() noexcept = 0;
    /// False when the peer has ended the connection or sent something; costs one system call.
    [[nodiscard]] virtual bool is_silent() noexcept = 0;
    /// True when no byte reaches the buffer of a read after close().
    [[nodiscard]] virtual bool can_read_in_place() const noexcept = 0;

    /// Counts it as opened, and as open until it is destroyed. Call it once.
    void count_in(std::shared_ptr<client_counts> where) noexcept;

  protected:
    channel() = default;

  private:
    std::shared_ptr<client_counts> counted_in_{};
};

/// Makes channels of connected sockets.
class channel_maker {
  public:
    virtual ~channel_maker() = default;
    channel_maker(const channel_maker&) = delete;
    channel_maker& operator=(const channel_maker&) = delete;
    [[nodiscard]] virtual std::unique_ptr<channel> make(tcp::socket socket) const = 0;

  protected:
    channel_maker() = default;
};

/// Channels without TLS.
class plain_channels final : public channel_maker {
  public:
    [[nodiscard]] std::unique_ptr<channel> make(tcp::socket socket) const override;
};

/// channel::acknowledge() of the connected socket.
void acknowledge(int descriptor) noexcept;

/// False when the peer of the connected socket has ended the connection or sent something.
[[nodiscard]] bool is_silent(int descriptor) noexcept;

} // namespace sluice::http
