#include "core/address/http_url.hpp"

#include "core/address/ip_address.hpp"
#include "core/text/ascii_case.hpp"
#include "core/text/ascii_class.hpp"
#include "core/text/port.hpp"

#include <algorithm>
#include <cstddef>

namespace sluice::core {

namespace {

constexpr std::uint16_t https_port = 443;
constexpr std::uint16_t http_port = 80;
constexpr std::size_t max_host_bytes = 253; // RFC 1035 §2.3.4, as text

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= max_host_bytes && text.front() != '.' &&
           std::ranges::all_of(text, [](char c) {
               return is_ascii_alphanumeric(c) || c == '-' || c == '.' || c == '_';
           });
}

bool is_target_character(char c) {
    constexpr std::string_view marks = "-._~!$&'()*+,;=:@/?%";
    return is_ascii_alphanumeric(c) || marks.find(c) != std::string_view::npos;
}

/// Reads host and port into `out`; false when they are not well formed.
bool read_authority(std::string_view text, http_url& out) {
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return false;
        }
        host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        const auto address = parse_ip_address(host);
        if (!address || host.find(':') == std::string_view::npos) {
            return false;
        }
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        host = text.substr(0, colon);
        port = text.substr(colon);
        if (!is_name(host)) {
            return false;
        }
    }
    out.port = out.is_secure ? https_port : http_port;
    if (!port.empty()) {
        const auto number = port.front() == ':' ? parse_port(port.substr(1)) : std::nullopt;
        if (number.value_or(0) == 0) {
            return false;
        }
        out.port = *number;
    }
    out.host.assign(host);
    std::ranges::transform(out.host, out.host.begin(), ascii_lower);
    return true;
}

} // namespace

std::string http_url::authority() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    std::string text = is_v6 ? "[" + host + "]" : host;
    if (port != (is_secure ? https_port : http_port)) {
        text += ":" + std::to_string(port);
    }
    return text;
}

std::string http_url::base() const {
    return (is_secure ? "https://" : "http://") + authority();
}

bool http_url::is_loopback() const {
    const auto address = parse_ip_address(host);
    return address ? core::is_loopback(*address) : host == "localhost";
}

std::optional<http_url> parse_http_url(std::string_view text, std::string& fault) {
    http_url url;
    const auto mark = text.find("://");
    const auto scheme = text.substr(0, mark);
    url.is_secure = iequals(scheme, "https");
    if (mark == std::string_view::npos || (!url.is_secure && !iequals(scheme, "http"))) {
        fault = "must begin with https:// or http://";
        return std::nullopt;
    }
    text.remove_prefix(mark + 3);
    const auto end = std::min(text.find_first_of("/?#"), text.size());
    const auto rest = text.substr(end);
    text = text.substr(0, end);
    if (text.find('@') != std::string_view::npos) {
        fault = "must not have a user or a password";
        return std::nullopt;
    }
    if (!read_authority(text, url)) {
        fault = "must have a host, and a port of 1 to 65535 or none: https://host[:port]/path";
        return std::nullopt;
    }
    if (rest.find('#') != std::string_view::npos) {
        fault = "must not have a fragment";
        return std::nullopt;
    }
    if (!std::ranges::all_of(rest, is_target_character)) {
        fault = "has a character that must be percent-encoded";
        return std::nullopt;
    }
    url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
    return url;
}

} // namespace sluice::core
