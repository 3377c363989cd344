#pragma once
// One request to another server and its response, while it arrives: the head, then the content in
// pieces that the caller asks for. A caller that does not ask slows the sender, and no deadline
// runs meanwhile. Made by http/client/client. Used by its callers.

#include "http/client/call_result.hpp"

#include <boost/asio/buffer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace sluice::http {

class call_flow;

/// Used on the thread of the client's io_context. Its destruction cancels the call at any time,
/// also inside a handler: no handler is called afterwards, and no buffer is used. Handlers are
/// never called from inside start() or read_some(). It is destroyed before the io_context.
class call {
  public:
    using head_handler = std::function<void(call_result<void>)>;
    using piece_handler = std::function<void(call_result<std::size_t>)>;

    explicit call(std::shared_ptr<call_flow> flow) noexcept;
    ~call();
    call(const call&) = delete;
    call& operator=(const call&) = delete;

    // After the head has arrived:
    [[nodiscard]] unsigned status() const;
    /// The value of the field, or of its first line; empty when it is absent. Valid while this
    /// object lives.
    [[nodiscard]] std::string_view field(std::string_view name) const;
    /// What Content-Length says; for HEAD, of the content that GET would have. nullopt: no field.
    [[nodiscard]] std::optional<std::uint64_t> content_length() const;
    /// The time from start() to the head: an address, a connection and a handshake included.
    [[nodiscard]] std::chrono::steady_clock::duration waited() const noexcept;
    /// True when all content has been read. The connection is then free for the next call.
    [[nodiscard]] bool is_done() const;

    /// Reads content into `room`, which is not empty and stays valid until `then` is called or this
    /// object is destroyed. `then` gets the number of bytes that came, at least 1; 0 at the end.
    /// REQUIRES: the head has arrived, and no earlier read is pending. After a fault every further
    /// read fails in the same way.
    void read_some(boost::asio::mutable_buffer room, piece_handler then);

  private:
    std::shared_ptr<call_flow> flow_;
};

} // namespace sluice::http
