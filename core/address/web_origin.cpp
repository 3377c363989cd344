#include "core/address/web_origin.hpp"

#include "core/text/ascii_class.hpp"
#include "core/text/port.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace sluice::core {

namespace {

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_hex(char c) {
    return is_ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// A URL cut at its delimiters; views into it.
struct url_parts {
    std::string_view scheme;
    std::string_view host;
    std::string_view port; // empty: none
    std::string_view rest; // from the first '/', '?' or '#'
};

bool is_scheme(std::string_view text) {
    return !text.empty() && is_ascii_letter(text.front()) && std::ranges::all_of(text, [](char c) {
        return is_ascii_alphanumeric(c) || c == '+' || c == '-' || c == '.';
    });
}

bool is_host(std::string_view text) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        return std::ranges::all_of(text.substr(1, text.size() - 2),
                                   [](char c) { return is_hex(c) || c == ':' || c == '.'; });
    }
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_ascii_alphanumeric(c) || c == '-' || c == '.' || c == '_';
    });
}

bool is_port(std::string_view text) {
    return parse_port(text).value_or(0) != 0 && text.front() != '0';
}

/// Nullopt unless scheme, host and port are well formed; `rest` is not judged.
std::optional<url_parts> split(std::string_view url) {
    url_parts parts;
    const auto mark = url.find("://");
    if (mark == std::string_view::npos) {
        return std::nullopt;
    }
    parts.scheme = url.substr(0, mark);
    auto authority = url.substr(mark + 3);
    const auto end = std::min(authority.find_first_of("/?#"), authority.size());
    parts.rest = authority.substr(end);
    authority = authority.substr(0, end);
    const auto colon = authority.rfind(':');
    const bool in_brackets = authority.ends_with(']');
    if (colon != std::string_view::npos && !in_brackets) {
        parts.port = authority.substr(colon + 1);
        authority = authority.substr(0, colon);
        if (!is_port(parts.port)) {
            return std::nullopt;
        }
    }
    parts.host = authority;
    if (!is_scheme(parts.scheme) || !is_host(parts.host)) {
        return std::nullopt;
    }
    return parts;
}

bool is_path_character(char c) {
    constexpr std::string_view marks = "-._~!$&'()*+,;=:@";
    return is_ascii_alphanumeric(c) || marks.find(c) != std::string_view::npos;
}

bool is_path_segment(std::string_view segment) {
    if (segment.empty() || segment == "." || segment == "..") {
        return false;
    }
    for (std::size_t i = 0; i < segment.size(); ++i) {
        if (segment[i] == '%' && i + 2 < segment.size() && is_hex(segment[i + 1]) &&
            is_hex(segment[i + 2])) {
            i += 2;
        } else if (!is_path_character(segment[i])) {
            return false;
        }
    }
    return true;
}

/// "" or "/a/b".
bool is_prefix(std::string_view path) {
    while (!path.empty()) {
        const auto end = std::min(path.find('/', 1), path.size());
        if (!is_path_segment(path.substr(1, end - 1))) {
            return false;
        }
        path.remove_prefix(end);
    }
    return true;
}

} // namespace

std::string objection_to_origin(std::string_view text) {
    if (text == "null") {
        return "must not be null: every sandboxed page has that origin";
    }
    const auto parts = split(text);
    if (!parts || !parts->rest.empty()) {
        return "must be scheme://host or scheme://host:port, with nothing after it";
    }
    if (std::ranges::any_of(text, is_upper)) {
        return "must be in lower case, as browsers write origins";
    }
    const bool is_default = (parts->scheme == "https" && parts->port == "443") ||
                            (parts->scheme == "http" && parts->port == "80");
    return is_default ? "must not name the default port: browsers leave it out" : "";
}

std::string objection_to_base_url(std::string_view text) {
    const auto parts = split(text);
    if (!parts || (parts->scheme != "http" && parts->scheme != "https")) {
        return "must be http(s)://host[:port][/prefix]";
    }
    if (parts->rest.find_first_of("?#") != std::string_view::npos) {
        return "must not have a query or a fragment";
    }
    if (parts->rest.ends_with('/')) {
        return "must not end with a slash";
    }
    return is_prefix(parts->rest) ? "" : "has a path that is not a valid prefix";
}

} // namespace sluice::core
