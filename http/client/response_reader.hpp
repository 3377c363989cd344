#pragma once
// Reads one response of another server from the bytes that arrive: its head, then its content.
// Beast's parser reads the head and chunks; framing that Beast would guess at is rejected. It reads
// no socket, and judges no status. Used by http/client/call_flow.

#include "http/client/call_result.hpp"
#include "http/loop/asio.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::http {

class response_reader {
  public:
    /// Of a response to `method`, whose head has at most `head_bytes` bytes.
    response_reader(bhttp::verb method, std::uint32_t head_bytes);
    response_reader(const response_reader&) = delete;
    response_reader& operator=(const response_reader&) = delete;

    /// Where the next bytes go; empty when a head, or the line before a chunk, is too large.
    [[nodiscard]] net::mutable_buffer prepare();
    void commit(std::size_t bytes);
    /// The peer has ended its side. A fault when the response is not complete without more.
    [[nodiscard]] call_result<void> end();
    /// True when a byte has arrived.
    [[nodiscard]] bool has_started() const noexcept { return has_started_; }

    /// Reads on. True when the head is complete; false: more bytes are needed. Informational
    /// responses are skipped.
    [[nodiscard]] call_result<bool> read_head();
    [[nodiscard]] bool has_head() const noexcept { return framing_ != framing::unknown; }
    [[nodiscard]] unsigned status() const { return parser_->get().result_int(); }
    /// The value of the field, or of its first line; empty when it is absent.
    [[nodiscard]] std::string_view field(std::string_view name) const;
    [[nodiscard]] std::optional<std::uint64_t> content_length() const;

    // After the head:
    /// True when take() has something to look at.
    [[nodiscard]] bool has_content() const noexcept { return buffer_.size() > 0; }
    /// Copies content that has arrived. 0: is_done(), or more bytes are needed.
    [[nodiscard]] call_result<std::size_t> take(net::mutable_buffer room);
    /// How many bytes of content, at most `room`, may be read past this object, because they follow
    /// as they are and none of them has been committed. 0: none.
    [[nodiscard]] std::size_t direct(std::size_t room);
    void took_directly(std::size_t bytes) noexcept { left_ -= bytes; }
    /// True when all content has been taken.
    [[nodiscard]] bool is_done() const noexcept;
    /// True when the connection may carry another request: is_done(), and nothing forbids it.
    [[nodiscard]] bool may_keep() const;

    [[nodiscard]] call_fault too_large() const;

  private:
    enum class framing : std::uint8_t { unknown, counted, chunked, to_end };
    using parser = bhttp::response_parser<bhttp::buffer_body>;

    void renew_parser();
    [[nodiscard]] call_result<bool> judge_head();
    [[nodiscard]] call_result<std::size_t> take_chunks(net::mutable_buffer room);
    /// True when the last chunk has begun and cannot be complete yet. REQUIRES: has_content().
    [[nodiscard]] bool lacks_last_chunk() const;
    [[nodiscard]] call_fault explain(const error_code& ec) const;

    bhttp::verb method_;
    std::uint32_t head_bytes_;
    beast::flat_buffer buffer_;
    std::optional<parser> parser_;
    framing framing_ = framing::unknown;
    std::uint64_t left_ = 0; // of content, where it is counted
    std::size_t informational_ = 0;
    bool is_in_chunk_line_ = false; // of which a part has arrived
    bool has_started_ = false;
    bool has_ended_ = false;
};

} // namespace sluice::http
