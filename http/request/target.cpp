#include "http/request/target.hpp"

#include "core/text/any_byte.hpp"
#include "core/text/ascii_case.hpp"
#include "core/text/ascii_class.hpp"
#include "core/text/percent.hpp"
#include "core/text/port.hpp"
#include "core/text/utf8.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace sluice::http {

namespace {

// RFC 3986 requires ^ ` { | } to be encoded, but browsers and Node send them as they are (URL
// standard), and every recipient reads them as themselves. Rejected are: #, which ends a target for
// some recipients; \, which some read as /; and " < >, which only serve to attack a log or a page.
bool is_uri_text(std::string_view text) noexcept {
    return !core::any_byte(text, [](auto byte) {
        return (byte < 0x21) | (byte > 0x7E) | (byte == '#') | (byte == '"') | (byte == '<') |
               (byte == '>') | (byte == '\\');
    });
}

/// True when `text` has no control, backslash, escape or byte above ASCII: it is its own decoded
/// form.
bool is_plain(std::string_view text) noexcept {
    return !core::any_byte(text, [](auto byte) {
        return (byte < 0x20) | (byte >= 0x7F) | (byte == '\\') | (byte == '%');
    });
}

/// The kinds of bytes that occur in a text and that a decoded segment must not contain, may contain
/// only as valid UTF-8, or has to be decoded from.
struct path_survey {
    bool has_refused = false; // a backslash or a control
    bool has_multibyte = false;
    bool has_escape = false;
};

path_survey survey(std::string_view text) noexcept {
    const auto is_refused = [](auto byte) {
        return (byte < 0x20) | (byte == 0x7F) | (byte == '\\');
    };
    return {.has_refused = core::any_byte(text, is_refused),
            .has_multibyte = core::any_byte(text, [](auto byte) { return byte >= 0x80; }),
            .has_escape = text.find('%') != std::string_view::npos};
}

std::optional<std::size_t> scheme_length(std::string_view target) noexcept {
    if (target.starts_with('/')) {
        return std::nullopt;
    }
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() > scheme.size() &&
            core::iequals(target.substr(0, scheme.size()), scheme)) {
            return scheme.size();
        }
    }
    return std::nullopt;
}

bool is_dot_segment(std::string_view segment) noexcept {
    if (!segment.starts_with('.')) {
        return false;
    }
    const auto name = segment.substr(0, segment.find(';'));
    return name == "." || name == "..";
}

/// True for decoded text that a segment may contain.
bool is_decent_segment(std::string_view segment) noexcept {
    const auto found = survey(segment);
    return !found.has_refused && segment.find('/') == std::string_view::npos &&
           (!found.has_multibyte || core::is_valid_utf8(segment));
}

bool is_port(std::string_view text) noexcept {
    return text.empty() || core::parse_port(text);
}

bool is_reg_name(std::string_view name) noexcept {
    return !name.empty() && core::is_unreserved_text(name);
}

// True for "[v6]". IPvFuture and zone ids are rejected: this service has no use for them.
bool is_ip_literal(std::string_view text) noexcept {
    std::array<char, INET6_ADDRSTRLEN> address{};
    if (text.size() <= 2 || text.size() - 2 >= address.size() ||
        text.find('\0') != std::string_view::npos) { // inet_pton would stop there
        return false;
    }
    std::ranges::copy(text.substr(1, text.size() - 2), address.begin());
    in6_addr unused{};
    return ::inet_pton(AF_INET6, address.data(), &unused) == 1;
}

// Splits "host:port" or "[v6]:port" at the colon before the port.
std::string_view host_part(std::string_view text) noexcept {
    if (text.starts_with('[')) {
        const auto bracket = text.find(']');
        return bracket == std::string_view::npos ? std::string_view{} : text.substr(0, bracket + 1);
    }
    return text.substr(0, text.find(':'));
}

} // namespace

std::optional<target_parts> split_target(std::string_view target) noexcept {
    if (target == "*") {
        return target_parts{.path = target, .query = {}, .authority = {}};
    }
    if (!is_uri_text(target)) {
        return std::nullopt;
    }
    target_parts parts;
    if (const auto scheme = scheme_length(target)) {
        const auto rest = target.substr(*scheme);
        const auto end = std::min(rest.find_first_of("/?"), rest.size());
        parts.authority = rest.substr(0, end);
        target = rest.substr(end);
        if (!is_host(*parts.authority)) {
            return std::nullopt;
        }
        if (!target.starts_with('/')) { // RFC 9112 §3.2.2: an empty path means "/"
            parts.path = "/";
            parts.query = target.empty() ? target : target.substr(1);
            return parts;
        }
    }
    if (!target.starts_with('/')) {
        return std::nullopt;
    }
    const auto mark = target.find('?');
    parts.path = target.substr(0, mark);
    parts.query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
    return parts;
}

bool path_segments::parse(std::string_view path) {
    size_ = 0;
    if (!path.starts_with('/')) {
        return false;
    }
    path.remove_prefix(1);
    if (path.empty()) {
        return true;
    }
    const bool all_is_plain = is_plain(path); // as nearly every path is
    const auto found = all_is_plain ? path_survey{} : survey(path);
    std::string overflow;
    while (true) {
        const auto slash = path.find('/');
        auto segment = path.substr(0, slash);
        if (found.has_escape && segment.find('%') != std::string_view::npos) {
            std::string& decoded = size_ < max ? decoded_[size_] : overflow;
            decoded.clear();
            if (!core::append_percent_decoded(segment, core::plus_sign::literal, decoded)) {
                return false;
            }
            segment = decoded;
        }
        if (segment.empty() || is_dot_segment(segment) ||
            !(all_is_plain || is_decent_segment(segment))) {
            return false;
        }
        if (size_ < max) {
            segments_[size_++] = segment;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        path.remove_prefix(slash + 1);
    }
}

bool is_host(std::string_view text) noexcept {
    constexpr std::size_t longest_name = 255; // of a domain (RFC 1035 §2.3.4)
    const auto host = host_part(text);
    if (host.size() > longest_name) {
        return false;
    }
    const auto rest = text.substr(host.size());
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) {
        return false;
    }
    return host.starts_with('[') ? is_ip_literal(host) : is_reg_name(host);
}

bool is_loopback_host(std::string_view host) noexcept {
    const auto name = host_part(host);
    if (core::iequals(name, "localhost") || name == "[::1]") {
        return true;
    }
    constexpr std::string_view prefix = "127.";
    const auto rest = name.starts_with(prefix) ? name.substr(prefix.size()) : std::string_view{};
    return std::ranges::count(rest, '.') == 2 &&
           std::ranges::all_of(rest, [](char c) { return c == '.' || core::is_ascii_digit(c); });
}

} // namespace sluice::http
