#include "http/request/request_parser.hpp"

#include "http/request/head_reader.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>

namespace sluice::http {

namespace {

// A request line whose last part is HTTP/<digit>.<digit>: well-formed, whatever the version.
bool has_wellformed_version(std::string_view line) noexcept {
    constexpr std::string_view shape = "HTTP/d.d";
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (line.size() <= shape.size() || line[line.size() - shape.size() - 1] != ' ' ||
        std::ranges::count(line, ' ') != 2) {
        return false;
    }
    const auto version = line.substr(line.size() - shape.size());
    return version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' &&
           is_digit(version[7]);
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
    started_ = false;
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
    const auto found = find_end(text);
    if (found == status::refused) {
        return found;
    }
    if (const auto size = check_size(text, found); size == status::refused) {
        return size;
    }
    return found == status::ready ? read_head(text.substr(start_, scanned_ - start_), head) : found;
}

// Walks whole lines up to the empty one. A line feed without its carriage return is refused here,
// at once: a client that ends lines so would never send the CRLF CRLF we wait for. So is a line
// that continues the one before it (RFC 9112 §5.2 lets a server refuse it): Beast would join them,
// and a proxy may not.
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
    const auto size = found == status::ready ? scanned_ : text.size(); // what follows is not ours
    if (size > limits_.header_bytes) {
        return refuse(first_line_ == 0 ? problem_id::target_too_long : problem_id::fields_too_large,
                      limit_label::header_bytes);
    }
    return status::need_more;
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

} // namespace sluice::http
