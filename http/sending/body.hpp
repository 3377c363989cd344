#pragma once
// The interface between the response writer and a body: bytes that are sent through a transport,
// now or later. There are two kinds: text in memory, which is always available, and
// http/sending/file_body.hpp, whose bytes may have to be read from a device first. It corresponds
// to Beast's BodyWriter concept, which has no way to wait for a body and hands out buffers, whereas
// a file is sent by sendfile. Used by http/sending/file_body.hpp and
// http/sending/response_writer.hpp.

#include "http/loop/transport.hpp"

#include <boost/asio/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http {

/// The result of one step of sending a body.
struct body_step {
    enum class status : std::uint8_t {
        sent,    // `count` bytes, at least one
        blocked, // the peer must read first
        pending, // the storage must read the bytes first
        failed,  // the connection or the storage failed: see `fault`
    };
    status now = status::sent;
    std::uint64_t count = 0;
    std::string_view fault{}; // of the storage, for the log; empty: connection lost
};

/// The step that corresponds to the result of a transport's call. `fault_of` names the storage
/// fault in an error.
template <class FaultOf>
[[nodiscard]] body_step step_of(std::size_t count, error_code ec, FaultOf fault_of) noexcept {
    if (!ec && count > 0) {
        return {.count = count};
    }
    if (ec == net::error::would_block) {
        return {.now = body_step::status::blocked};
    }
    return {.now = body_step::status::failed, .fault = fault_of(ec)};
}

/// A body of bytes in memory.
class text_body {
  public:
    explicit text_body(std::string_view text) noexcept : text_(text) {}

    /// Sends as many of the bytes from `first` on as the transport accepts. `next` comes after
    /// them.
    template <class Transport>
    body_step send_some(Transport& transport, std::uint64_t first, follow_up next) const {
        error_code ec;
        const auto count = transport.write_some(text_.substr(first), next, ec);
        return step_of(count, ec, [](error_code) noexcept { return std::string_view{}; });
    }

  private:
    std::string_view text_;
};

} // namespace sluice::http
