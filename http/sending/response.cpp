#include "http/sending/response.hpp"

#include "core/text/append_all.hpp"
#include "core/text/decimal.hpp"

#include <boost/beast/http/status.hpp>

#include <array>

namespace sluice::http {

namespace {

// Capacity of text that a pooled response may keep. Without the limit, a rare large response would
// occupy memory for ever.
constexpr std::size_t kept_capacity = 2 * max_kept_content;

constexpr std::string_view exposed_fields =
    "Content-Disposition, Content-Length, Content-Range, Accept-Ranges, ETag, Last-Modified, "
    "Retry-After, X-Request-Id";

void append_content_range(core::byte_slice slice, std::uint64_t size, std::string& out) {
    out += "bytes ";
    core::append_decimal(slice.first, out);
    out += '-';
    core::append_decimal(slice.first + slice.length - 1, out);
    out += '/';
    core::append_decimal(size, out);
}

file_body body_of(const cached_file& file) {
    return file.remote == nullptr ? file_body(file.media, file.where)
                                  : file_body(file.media, file.remote->read());
}

} // namespace

void response::begin(const response_frame& frame, unsigned status) {
    clear();
    status_ = status;
    is_head_ = frame.is_head;
    keep_alive_ = frame.keep_alive;
    constexpr unsigned width = 3;
    std::array<char, width> digits{};
    core::put_padded(status, width, digits.data());
    core::append_all(text_, "HTTP/1.1 ", std::string_view(digits.data(), width), " ",
                     bhttp::obsolete_reason(static_cast<bhttp::status>(status)),
                     "\r\nDate: ", frame.date, "\r\nX-Request-Id: ", frame.request_id,
                     "\r\nX-Content-Type-Options: nosniff\r\n");
    if (!frame.keep_alive) {
        field("Connection", "close");
    } else if (frame.version == 10) {
        field("Connection", "keep-alive");
    }
    if (!frame.allow_origin.empty()) {
        field("Access-Control-Allow-Origin", frame.allow_origin);
        field("Access-Control-Expose-Headers", exposed_fields);
    }
    if (!frame.transport_security.empty()) {
        field("Strict-Transport-Security", frame.transport_security);
    }
}

void response::field(std::string_view name, std::string_view value) {
    core::append_all(text_, name, ": ", value, "\r\n");
}

void response::field(std::string_view name, std::uint64_t value) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): put_decimal fills it
    std::array<char, core::max_decimal_size> digits;
    const auto* const end = core::put_decimal(value, digits.data());
    field(name, std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

void response::finish_with(std::string_view content_type, std::string_view content) {
    field("Content-Type", content_type);
    field("Content-Length", content.size());
    finish_header();
    if (!is_head_) {
        text_ += content;
    }
    text_segment(0);
}

void response::finish_empty() {
    finish_header();
    text_segment(0);
}

void response::finish_with(const cached_file& file) {
    const auto& text = file.text;
    header_bytes_ = text_.size() + text.header().size();
    text_ += is_head_ ? text.header() : text.whole(); // header and content in one segment
    text_segment(0);
    if (text.content().empty()) {
        file_segment(file, {0, file.media->facts.size});
    }
}

void response::finish_with(const cached_file& file, core::byte_slice slice) {
    if (status_ == 206) {
        text_ += "Content-Range: ";
        append_content_range(slice, file.media->facts.size, text_);
        text_ += "\r\n";
    }
    field("Content-Length", slice.length);
    finish_header();
    const auto content = file.text.content();
    if (!is_head_ && !content.empty()) {
        text_ += content.substr(slice.first, slice.length); // header and content in one segment
    }
    text_segment(0);
    if (content.empty()) {
        file_segment(file, slice);
    }
}

void response::finish_with(const cached_file& file, std::span<const core::byte_slice> slices,
                           std::string_view boundary) {
    std::string preambles; // of all parts, and the closing line
    std::vector<segment> parts;
    std::uint64_t length = 0;
    for (const auto& slice : slices) {
        const auto first = preambles.size();
        preambles.append("\r\n--").append(boundary).append("\r\nContent-Type: ").append(file.type);
        preambles += "\r\nContent-Range: ";
        append_content_range(slice, file.media->facts.size, preambles);
        preambles += "\r\n\r\n";
        parts.push_back({.is_file = false, .first = first, .length = preambles.size() - first});
        parts.push_back({.is_file = true, .first = slice.first, .length = slice.length});
        length += slice.length;
    }
    const auto first = preambles.size();
    preambles.append("\r\n--").append(boundary).append("--\r\n");
    parts.push_back({.is_file = false, .first = first, .length = preambles.size() - first});

    text_.append("Content-Type: multipart/byteranges; boundary=").append(boundary).append("\r\n");
    field("Content-Length", length + preambles.size());
    finish_header();
    const auto header_size = text_.size();
    text_segment(0);
    if (is_head_) {
        return;
    }
    text_ += preambles;
    for (auto& part : parts) {
        part.first += part.is_file ? 0 : header_size;
    }
    segments_.insert(segments_.end(), parts.begin(), parts.end());
    file_ = body_of(file);
}

void response::clear() noexcept {
    text_.clear();
    if (text_.capacity() > kept_capacity) {
        std::string().swap(text_); // shrink_to_fit() would allocate
    }
    segments_.clear();
    file_.close();
    pace_.reset();
    header_bytes_ = 0;
    status_ = 0; // until begin(): no response yet
}

void response::finish_header() {
    text_ += "\r\n";
    header_bytes_ = text_.size();
}

void response::text_segment(std::size_t first) {
    segments_.push_back({.is_file = false, .first = first, .length = text_.size() - first});
}

void response::file_segment(const cached_file& file, core::byte_slice slice) {
    if (!is_head_ && slice.length > 0) {
        segments_.push_back({.is_file = true, .first = slice.first, .length = slice.length});
        file_ = body_of(file);
    }
}

} // namespace sluice::http
