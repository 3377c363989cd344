#pragma once
// One response as it will be sent: a header section, then any mix of text and slices of one open
// file. Built by handlers, sent by response_writer; pooled, so that its buffers are reused.

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

/// What every response to a request has in common, known before a handler runs.
struct response_frame {
    unsigned version = 11; // of the request
    bool is_head = false;  // header section only
    bool keep_alive = false;
    std::string_view date; // IMF-fixdate
    std::string_view request_id;
    std::string_view allow_origin;         // Access-Control-Allow-Origin; empty: none
    std::string_view transport_security{}; // Strict-Transport-Security; empty: none
};

class response {
  public:
    /// A run of bytes to send: of text() or of the file.
    struct segment {
        bool is_file = false;
        std::uint64_t first = 0;
        std::uint64_t length = 0;
    };

    /// Empties it and writes the status line and the fields that all responses have.
    void begin(const response_frame& frame, unsigned status);

    /// `name` and `value` never hold a line break: callers pass constants and text made by core.
    void field(std::string_view name, std::string_view value);
    void field(std::string_view name, std::uint64_t value);
    /// Whole field lines, made before.
    void fields(std::string_view lines) { text_ += lines; }

    /// Ends the header section; the body is `content`.
    void finish_with(std::string_view content_type, std::string_view content);
    /// Ends the header section of a status that has no content (204, 304).
    void finish_empty();
    /// Ends the header section; the body is one slice, or empty when its length is 0. The caller
    /// has added Content-Type.
    void finish_with(const cached_file& file, core::byte_slice slice);
    /// The body is multipart/byteranges (RFC 9110 §14.6); adds Content-Type for it.
    void finish_with(const cached_file& file, std::span<const core::byte_slice> slices,
                     std::string_view boundary);

    /// It goes no faster than `how` has it.
    void keep(std::unique_ptr<pace> how) noexcept { pace_ = std::move(how); }

    /// Forgets it; gives back the file and any buffer that has grown out of proportion.
    void clear() noexcept;

    [[nodiscard]] unsigned status() const noexcept { return status_; }
    [[nodiscard]] bool keeps_alive() const noexcept { return keep_alive_; }
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] std::span<const segment> segments() const noexcept { return segments_; }
    /// Null: as fast as it goes.
    [[nodiscard]] pace* speed() const noexcept { return pace_.get(); }
    /// Where the bytes of file segments come from.
    [[nodiscard]] file_body& file() noexcept { return file_; }

  private:
    void finish_header();
    void text_segment(std::size_t first);

    std::string text_;
    std::vector<segment> segments_;
    file_body file_;
    std::unique_ptr<pace> pace_;
    unsigned status_ = 0;
    bool is_head_ = false;
    bool keep_alive_ = false;
};

} // namespace sluice::http
