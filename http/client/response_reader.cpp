#include "http/client/response_reader.hpp"

#include "core/text/ascii_case.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace sluice::http {

namespace {

constexpr std::size_t max_informational = 8;
constexpr std::size_t read_bytes = 16384;
constexpr std::size_t last_chunk_bytes = 5;
constexpr unsigned first_final = 200;
constexpr unsigned switching_protocols = 101;

call_fault malformed(std::string cause) {
    return {call_fault::kind::malformed, std::move(cause)};
}

/// Empty when the framing of the head can be trusted. Beast ignores transfer codings that it does
/// not know, and reads their content as if it were plain.
std::string objection_to_framing(const bhttp::fields& head) {
    const auto codings = head.equal_range(bhttp::field::transfer_encoding);
    for (auto one = codings.first; one != codings.second; ++one) {
        if (!core::iequals({one->value().data(), one->value().size()}, "chunked")) {
            return "the response has a transfer coding that is not chunked";
        }
    }
    if (std::distance(codings.first, codings.second) > 1) {
        return "the response has two Transfer-Encoding fields";
    }
    const auto lengths = head.count(bhttp::field::content_length);
    if (lengths > 1) {
        return "the response has two Content-Length fields";
    }
    if (lengths > 0 && codings.first != codings.second) {
        return "the response has both Content-Length and Transfer-Encoding";
    }
    return {};
}

} // namespace

response_reader::response_reader(bhttp::verb method, std::uint32_t head_bytes)
    : method_(method), head_bytes_(head_bytes), buffer_(head_bytes + read_bytes) {
    renew_parser();
}

void response_reader::renew_parser() {
    parser_.emplace();
    parser_->header_limit(head_bytes_);
    parser_->body_limit(boost::none); // the reader of the content bounds it
    parser_->skip(method_ == bhttp::verb::head);
}

net::mutable_buffer response_reader::prepare() {
    return buffer_.prepare(std::min(read_bytes, buffer_.max_size() - buffer_.size()));
}

void response_reader::commit(std::size_t bytes) {
    buffer_.commit(bytes);
    has_started_ = has_started_ || bytes > 0;
}

call_result<void> response_reader::end() {
    has_ended_ = true;
    if (is_done()) {
        return {};
    }
    return call_fault{call_fault::kind::closed,
                      "the connection was closed before the response was complete"};
}

call_result<bool> response_reader::read_head() {
    while (true) {
        if (buffer_.size() == 0) {
            return false;
        }
        error_code ec;
        buffer_.consume(parser_->put(buffer_.data(), ec));
        if (ec == bhttp::error::need_more) {
            return false;
        }
        if (ec) {
            return explain(ec);
        }
        if (!parser_->is_header_done()) {
            continue;
        }
        if (status() >= first_final) {
            return judge_head();
        }
        if (status() == switching_protocols || ++informational_ > max_informational) {
            return malformed("the server sent no final response");
        }
        renew_parser();
    }
}

call_result<bool> response_reader::judge_head() {
    if (auto why = objection_to_framing(parser_->get()); !why.empty()) {
        return malformed(std::move(why));
    }
    if (parser_->is_done()) { // no content, whatever the fields say
        framing_ = framing::counted;
    } else if (parser_->chunked()) {
        framing_ = framing::chunked;
    } else if (const auto length = parser_->content_length()) {
        framing_ = framing::counted;
        left_ = *length;
    } else {
        framing_ = framing::to_end;
    }
    return true;
}

std::string_view response_reader::field(std::string_view name) const {
    const auto& head = parser_->get();
    const auto found = head.find(beast::string_view(name.data(), name.size()));
    return found == head.end() ? std::string_view{}
                               : std::string_view(found->value().data(), found->value().size());
}

std::optional<std::uint64_t> response_reader::content_length() const {
    const auto length = parser_->content_length();
    return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

call_result<std::size_t> response_reader::take(net::mutable_buffer room) {
    if (framing_ == framing::chunked) {
        return take_chunks(room);
    }
    auto bytes = net::buffer_copy(room, buffer_.data());
    if (framing_ == framing::counted) {
        bytes = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, left_));
        left_ -= bytes;
    }
    buffer_.consume(bytes);
    return bytes;
}

call_result<std::size_t> response_reader::take_chunks(net::mutable_buffer room) {
    auto& body = parser_->get().body();
    body.data = room.data();
    body.size = room.size();
    body.more = true;
    while (body.size > 0 && buffer_.size() > 0 && !parser_->is_done() && !lacks_last_chunk()) {
        error_code ec;
        buffer_.consume(parser_->put(buffer_.data(), ec));
        is_in_chunk_line_ = ec == bhttp::error::need_more;
        if (is_in_chunk_line_) {
            break;
        }
        if (ec && ec != bhttp::error::need_buffer) {
            return explain(ec);
        }
    }
    return room.size() - body.size;
}

// The five bytes of "0\r\n\r\n" may arrive one by one. Beast reads the line of the last chunk, and
// asserts at the next look that all five are there. Any chunk whose line begins with 0 has content
// after its fifth byte at the earliest, so nothing is held back.
bool response_reader::lacks_last_chunk() const {
    const auto seen = buffer_.data();
    return is_in_chunk_line_ && seen.size() < last_chunk_bytes &&
           *static_cast<const char*>(seen.data()) == '0';
}

std::size_t response_reader::direct(std::size_t room) {
    if (buffer_.size() > 0 || framing_ == framing::chunked) {
        return 0;
    }
    buffer_.shrink_to_fit(); // it is not needed any more
    return framing_ == framing::to_end
               ? 0
               : static_cast<std::size_t>(std::min<std::uint64_t>(room, left_));
}

bool response_reader::is_done() const noexcept {
    switch (framing_) {
    case framing::unknown:
        return false;
    case framing::counted:
        return left_ == 0;
    case framing::chunked:
        return parser_->is_done();
    case framing::to_end:
        return has_ended_ && buffer_.size() == 0;
    }
    return false;
}

bool response_reader::may_keep() const {
    return is_done() && framing_ != framing::to_end && parser_->keep_alive() &&
           buffer_.size() == 0 && !has_ended_;
}

call_fault response_reader::too_large() const {
    return {call_fault::kind::too_large,
            "the head of the response is larger than " + std::to_string(head_bytes_) + " bytes"};
}

call_fault response_reader::explain(const error_code& ec) const {
    if (ec == bhttp::error::header_limit || ec == bhttp::error::buffer_overflow) {
        return too_large();
    }
    return malformed("the response is not HTTP/1.1: " + ec.message());
}

} // namespace sluice::http
