#pragma once
// What a response's body is to the writer: bytes that leave by a transport, now or later. Two
// kinds: text in memory, which is always there, and http/sending/file_body.hpp. It plays the part
// of Beast's BodyWriter concept, which cannot say "later" and hands out buffers where a file leaves
// by sendfile.

#include "http/loop/asio.hpp"

#include <boost/asio/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http {

/// How far one step of a body has come.
struct body_step {
    enum class status : std::uint8_t {
        sent,    // `count` bytes, at least one
        blocked, // the peer must read first
        failed,  // the connection is lost, or where the bytes come from: `fault` says which
    };
    status now = status::sent;
    std::uint64_t count = 0;
    std::string_view fault{}; // of the storage, for the log; empty when the connection was lost
};

/// What came of a call of a transport. `fault_of` names the fault of the storage in an error.
template <class FaultOf>
[[nodiscard]] body_step step_of(std::size_t count, error_code ec, FaultOf fault_of) noexcept {
    if (ec == net::error::would_block) {
        return {.now = body_step::status::blocked};
    }
    if (ec || count == 0) {
        return {.now = body_step::status::failed, .fault = fault_of(ec)};
    }
    return {.count = count};
}

/// Bytes that lie in memory.
class text_body {
  public:
    explicit text_body(std::string_view text) noexcept : text_(text) {}

    /// Sends what the transport takes of the bytes from `first` on. `more`: others follow at once.
    template <class Transport>
    body_step send_some(Transport& transport, std::uint64_t first, bool more) const {
        error_code ec;
        const auto count = transport.write_some(text_.substr(first), more, ec);
        return step_of(count, ec, [](error_code) noexcept { return std::string_view{}; });
    }

  private:
    std::string_view text_;
};

} // namespace sluice::http
