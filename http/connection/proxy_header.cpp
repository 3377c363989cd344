#include "http/connection/proxy_header.hpp"

#include "core/text/port.hpp"
#include "http/connection/proxy_header_v2.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <system_error>

namespace sluice::http {

namespace {

using status = proxy_reading::status;

constexpr std::string_view v1_word = "PROXY ";
constexpr std::size_t v1_shortest = 15; // "PROXY UNKNOWN\r\n"

std::optional<std::uint16_t> read_port(std::string_view text) noexcept {
    const bool has_leading_zero = text.size() > 1 && text[0] == '0';
    return has_leading_zero ? std::nullopt : core::parse_port(text);
}

/// The words of `line`, separated by single spaces; nullopt when there are not exactly five.
std::optional<std::array<std::string_view, 5>> five_words(std::string_view line) noexcept {
    std::array<std::string_view, 5> words;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto space = line.find(' ');
        if ((space == std::string_view::npos) != (i + 1 == words.size())) {
            return std::nullopt;
        }
        words.at(i) = line.substr(0, space);
        line.remove_prefix(std::min(space, line.size() - 1) + 1);
    }
    return words;
}

// The address must match the family: TCP6 with a dotted address is malformed.
std::optional<core::ip_address> read_address(std::string_view text, bool is_v4) noexcept {
    const bool is_dotted = text.find(':') == std::string_view::npos;
    return is_dotted == is_v4 ? core::parse_ip_address(text) : std::nullopt;
}

/// Parses the text between "PROXY " and CRLF.
std::optional<proxied_client> read_v1_line(std::string_view line) noexcept {
    if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) {
        return proxied_client{};
    }
    const auto words = five_words(line);
    if (!words || ((*words)[0] != "TCP4" && (*words)[0] != "TCP6")) {
        return std::nullopt;
    }
    const bool is_v4 = (*words)[0] == "TCP4";
    const auto source = read_address((*words)[1], is_v4);
    const auto destination = read_address((*words)[2], is_v4);
    const auto port = read_port((*words)[3]);
    if (!source || !destination || !port || !read_port((*words)[4])) {
        return std::nullopt;
    }
    proxied_client client;
    client.is_known = true;
    client.address = *source;
    client.port = *port;
    return client;
}

proxy_reading read_v1(std::string_view bytes) noexcept {
    const auto head = bytes.substr(0, max_proxy_v1_size);
    const auto feed = head.find('\n');
    if (feed == std::string_view::npos) {
        const bool is_full = head.size() == max_proxy_v1_size;
        return {.now = is_full ? status::malformed : status::need_more,
                .size = std::max(v1_shortest, bytes.size() + 1)};
    }
    if (head[feed - 1] != '\r') {
        return {.now = status::malformed};
    }
    const auto client = read_v1_line(head.substr(v1_word.size(), feed - 1 - v1_word.size()));
    if (!client) {
        return {.now = status::malformed};
    }
    return {.now = status::complete, .size = feed + 1, .client = *client};
}

/// True when `bytes` begin with `whole`, or are a beginning of it.
bool fits(std::string_view bytes, std::string_view whole) noexcept {
    const auto size = std::min(bytes.size(), whole.size());
    return bytes.substr(0, size) == whole.substr(0, size);
}

} // namespace

proxy_reading read_proxy_header(std::string_view bytes, core::proxy_protocol allowed) {
    const bool v1 = allowed != core::proxy_protocol::v2 && fits(bytes, v1_word);
    const bool v2 = allowed != core::proxy_protocol::v1 && fits(bytes, proxy_v2_signature);
    if (!v1 && !v2) {
        return {.now = status::malformed};
    }
    if (bytes.empty()) {
        return {.now = status::need_more, .size = v1 ? v1_shortest : proxy_v2_head};
    }
    if (v2) {
        return read_proxy_v2(bytes);
    }
    return bytes.size() < v1_shortest ? proxy_reading{.now = status::need_more, .size = v1_shortest}
                                      : read_v1(bytes);
}

} // namespace sluice::http
