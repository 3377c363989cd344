#pragma once
// One response before it is sent: a header section, then any sequence of text and slices of one
// open file. Sends nothing: http/sending/response_writer.hpp does. Pooled, so that its buffers are
// reused. Used by http/exchange/exchange.hpp, through which the handlers build it, and by
// http/sending/response_writer.hpp.

#include "core/download/byte_range.hpp"
#include "core/media/media_store.hpp"
#include "http/loop/asio.hpp"
#include "http/sending/file_body.hpp"
#include "http/sending/file_cache.hpp"
#include "http/sending/pace.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::http {

/// The parts that all responses to a request have in common, known before a handler runs.
struct response_frame {
    unsigned version = 11; // of the request
    bool is_head = false;  // send the header section only
    bool keep_alive = false;
    std::string_view date; // IMF-fixdate
    std::string_view request_id;
    std::string_view allow_origin;         // Access-Control-Allow-Origin; empty: none
    std::string_view transport_security{}; // Strict-Transport-Security; empty: none
};

class response {
  public:
    /// A range of bytes to send, from text() or from the file.
    struct segment {
        bool is_file = false;
        std::uint64_t first = 0;
        std::uint64_t length = 0;
    };

    /// Clears the response and writes the status line and the common fields.
    void begin(const response_frame& frame, unsigned status);

    /// Appends one field. `name` and `value` must not contain a line break: callers pass constants
    /// and text made by core.
    void field(std::string_view name, std::string_view value);
    void field(std::string_view name, std::uint64_t value);
    /// Appends complete, prepared field lines.
    void fields(std::string_view lines) { text_ += lines; }

    /// Ends the header section; the body is `content`.
    void finish_with(std::string_view content_type, std::string_view content);
    /// Ends the header section of a status that has no content (204, 304).
    void finish_empty();
    /// Adds the fields of a 200 and ends the header section; the body is the whole file.
    void finish_with(const cached_file& file);
    /// Ends the header section; the body is one slice, or empty when its length is 0. REQUIRES:
    /// Content-Type was added.
    void finish_with(const cached_file& file, core::byte_slice slice);
    /// The body is multipart/byteranges (RFC 9110 §14.6); adds Content-Type for it.
    void finish_with(const cached_file& file, std::span<const core::byte_slice> slices,
                     std::string_view boundary);

    /// Limits the speed of the response to `how`.
    void keep(std::unique_ptr<pace> how) noexcept { pace_ = std::move(how); }

    /// Clears the response; closes the file and frees any buffer that has grown out of proportion.
    void clear() noexcept;

    [[nodiscard]] unsigned status() const noexcept { return status_; }
    [[nodiscard]] bool keeps_alive() const noexcept { return keep_alive_; }
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    /// Bytes of the header section; all others are of the body.
    [[nodiscard]] std::uint64_t header_bytes() const noexcept { return header_bytes_; }
    [[nodiscard]] std::span<const segment> segments() const noexcept { return segments_; }
    /// Null: unlimited.
    [[nodiscard]] pace* speed() const noexcept { return pace_.get(); }
    /// The source of the bytes of file segments.
    [[nodiscard]] file_body& file() noexcept { return file_; }
    [[nodiscard]] const file_body& file() const noexcept { return file_; }

  private:
    void finish_header();
    void text_segment(std::size_t first);
    void file_segment(const cached_file& file, core::byte_slice slice);

    std::string text_;
    std::vector<segment> segments_;
    file_body file_;
    std::unique_ptr<pace> pace_;
    std::uint64_t header_bytes_ = 0;
    unsigned status_ = 0;
    bool is_head_ = false;
    bool keep_alive_ = false;
};

} // namespace sluice::http
