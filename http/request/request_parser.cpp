#include "http/request/request_parser.hpp"

#include "core/text/ascii_class.hpp"
#include "http/request/head_reader.hpp"
#include "http/request/usual_head.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>

namespace sluice::http {

namespace {

// True for a request line that ends with HTTP/<digit>.<digit>: well-formed, whatever the version.
bool has_wellformed_version(std::string_view line) noexcept {
    constexpr std::string_view shape = "HTTP/d.d";
    if (line.size() <= shape.size() || line[line.size() - shape.size() - 1] != ' ' ||
        std::ranges::count(line, ' ') != 2) {
        return false;
    }
    const auto version = line.substr(line.size() - shape.size());
    return version.starts_with("HTTP/") && core::is_ascii_digit(version[5]) && version[6] == '.' &&
           core::is_ascii_digit(version[7]);
}

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

std::size_t target_size(std::string_view line) noexcept {
    const auto begin = line.find(' ');
    if (begin == std::string_view::npos) {
        return 0;
    }
    const auto end = line.rfind(' ');
    return end > begin ? end - begin - 1 : line.size() - begin - 1;
}

} // namespace

void request_parser::start(const header_limits& limits) noexcept {
    limits_ = limits;
    scanned_ = start_ = first_line_ = 0;
    started_ = awaits_content_ = false;
}

request_parser::status request_parser::refuse(problem_id why,
                                              std::optional<limit_label> at) noexcept {
    refusal_ = why;
    limit_ = at;
    return status::refused;
}

bool request_parser::is_for_head(std::span<const char> bytes) const noexcept {
    return std::string_view(bytes.data(), bytes.size()).substr(start_).starts_with("HEAD ");
}

request_parser::status request_parser::parse(std::span<const char> bytes, request_head& head) {
    const std::string_view text(bytes.data(), bytes.size());
    if (scanned_ == 0) { // nothing of this request has been looked at
        scanned_ = read_usual_head(text, limits_, head);
        if (scanned_ != 0) {
            started_ = true;
            return status::ready;
        }
    }
    const auto found = awaits_content_ ? status::ready : find_end(text);
    if (found == status::refused) {
        return found;
    }
    if (const auto size = check_size(text, found); size == status::refused) {
        return size;
    }
    if (found != status::ready) {
        return found;
    }
    const auto seen = read_head(text.substr(start_, scanned_ - start_), head);
    return seen == status::ready ? read_content(text.substr(scanned_), head) : seen;
}

// Reads complete lines up to the empty one. A line feed without a carriage return is rejected at
// once: a client that ends lines this way would never send the CRLF CRLF that the parser waits for.
// A folded line is rejected too (RFC 9112 §5.2 allows it): Beast would join the lines, and a proxy
// may not.
request_parser::status request_parser::find_end(std::string_view text) noexcept {
    while (true) {
        if (first_line_ != 0 && scanned_ < text.size() && is_blank(text[scanned_])) {
            return refuse(problem_id::malformed_request);
        }
        const auto feed = text.find('\n', scanned_);
        if (feed == std::string_view::npos) {
            started_ = started_ || (text.size() > scanned_ && text[scanned_] != '\r');
            return status::need_more;
        }
        if (feed == scanned_ || text[feed - 1] != '\r') {
            return refuse(problem_id::malformed_request);
        }
        const bool is_empty = feed - 1 == scanned_;
        scanned_ = feed + 1;
        if (is_empty && first_line_ != 0) {
            return status::ready;
        }
        if (is_empty) {
            start_ = scanned_;
        } else if (first_line_ == 0) {
            first_line_ = feed - 1;
            started_ = true;
        }
    }
}

request_parser::status request_parser::check_size(std::string_view text, status found) noexcept {
    const auto line = text.substr(start_, first_line_ == 0 ? text.npos : first_line_ - start_);
    if (target_size(line) > limits_.target_bytes) {
        return refuse(problem_id::target_too_long, limit_label::target_bytes);
    }
    const auto size = found == status::ready ? scanned_ : text.size(); // the rest is not header
    if (size > limits_.header_bytes) {
        return refuse(size_verdict(line), limit_label::header_bytes);
    }
    return status::need_more;
}

// The reason why a header is too large: the method (RFC 9112 §3: a method longer than any known one
// is 501), the target, or otherwise the fields.
problem_id request_parser::size_verdict(std::string_view line) const noexcept {
    constexpr std::size_t longest_method = 64;
    const auto method = line.substr(0, line.find(' '));
    if (method.size() > longest_method) {
        return core::is_http_token(method) ? problem_id::method_unknown
                                           : problem_id::malformed_request;
    }
    return first_line_ == 0 ? problem_id::target_too_long : problem_id::fields_too_large;
}

request_parser::status request_parser::read_head(std::string_view text, request_head& head) {
    head_reader reader(text.size(), limits_.header_fields, head);
    error_code ec;
    reader.put(net::const_buffer(text.data(), text.size()), ec);
    if (ec == bhttp::error::bad_version &&
        has_wellformed_version(text.substr(0, first_line_ - start_))) {
        return refuse(problem_id::version_unsupported);
    }
    if (const auto why = reader.verdict(ec)) {
        return refuse(*why, *why == problem_id::fields_too_large
                                ? std::optional(limit_label::header_fields)
                                : std::nullopt);
    }
    if (reader.content_length().value_or(0) > limits_.content_bytes) {
        return refuse(problem_id::content_too_large, limit_label::content_bytes);
    }
    return status::ready;
}

// Some tunnels send every request chunked; a request without content then ends in a single last
// chunk. Exactly these five bytes mean no content, to this service and to every recipient before it
// (docs/security.md, threat 45). Anything else, such as an extension, a trailer or another spelling
// of zero, is content.
request_parser::status request_parser::read_content(std::string_view rest,
                                                    request_head& head) noexcept {
    constexpr std::string_view nothing = "0\r\n\r\n";
    const bool may_be_empty = head.is_chunked && !head.expects_continue &&
                              (head.method == bhttp::verb::get || head.method == bhttp::verb::head);
    const auto begin = rest.substr(0, nothing.size());
    if (!may_be_empty || !nothing.starts_with(begin)) {
        return status::ready;
    }
    if (begin.size() < nothing.size()) {
        awaits_content_ = true; // the header is read again later: its bytes may move
        return status::need_more;
    }
    scanned_ += nothing.size();
    head.has_content = false;
    return status::ready;
}

} // namespace sluice::http
