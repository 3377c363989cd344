#include "http/request/usual_head.hpp"

#include "core/text/any_byte.hpp"
#include "core/text/ascii_case.hpp"
#include "core/text/ascii_class.hpp"
#include "http/request/head_reader.hpp"
#include "http/request/target.hpp"

#include <array>
#include <utility>

namespace sluice::http {

namespace {

constexpr auto name_characters = [] {
    std::array<bool, 256> allowed{};
    for (std::size_t c = 0; c < allowed.size(); ++c) {
        allowed[c] = core::is_tchar(static_cast<char>(c));
    }
    return allowed;
}();

/// True when all bytes lie from `Least` to '~'.
template <char Least>
bool is_visible(std::string_view text) noexcept {
    return !core::any_byte(text, [](auto byte) { return (byte < Least) | (byte > '~'); });
}

/// Takes the line at the front of `rest` without its CRLF. False when it does not end in one.
bool take_line(std::string_view& rest, std::string_view& line) noexcept {
    const auto feed = rest.find('\n');
    if (feed == std::string_view::npos || feed == 0 || rest[feed - 1] != '\r') {
        return false;
    }
    line = std::string_view(rest.data(), feed - 1);
    rest.remove_prefix(feed + 1);
    return true;
}

class usual_head_reader {
  public:
    usual_head_reader(const header_limits& limits, request_head& head) noexcept
        : limits_(limits), head_(head) {}

    bool read_request_line(std::string_view line) noexcept {
        constexpr std::string_view get = "GET ";
        constexpr std::string_view head = "HEAD ";
        constexpr std::string_view version = " HTTP/1.1";
        const bool is_get = line.starts_with(get);
        const auto method = is_get ? get : head;
        if (!line.starts_with(method) || !line.ends_with(version) ||
            line.size() <= method.size() + version.size()) {
            return false;
        }
        line.remove_prefix(method.size());
        line.remove_suffix(version.size());
        head_.method = is_get ? bhttp::verb::get : bhttp::verb::head;
        head_.target = line;
        return line.size() <= limits_.target_bytes && is_visible<'!'>(line);
    }

    bool read_field(std::string_view line) {
        std::size_t colon = 0;
        while (colon < line.size() && name_characters[static_cast<unsigned char>(line[colon])]) {
            ++colon;
        }
        if (colon == 0 || colon == line.size() || line[colon] != ':') {
            return false;
        }
        const std::string_view name(line.data(), colon);
        auto value = line;
        value.remove_prefix(colon + 1);
        while (value.starts_with(' ')) {
            value.remove_prefix(1);
        }
        while (value.ends_with(' ')) {
            value.remove_suffix(1);
        }
        if (value.empty() || !is_visible<' '>(value) ||
            head_.fields.size() == limits_.header_fields) {
            return false;
        }
        const auto id = bhttp::string_to_field(name);
        head_.fields.push_back({.id = id, .name = name, .value = value});
        return note(id, value);
    }

    /// Call it after the last field. True when the head is valid.
    bool finish() noexcept {
        head_.version = 11;
        head_.has_content = head_.is_chunked = head_.expects_continue = false;
        return is_host(head_.host);
    }

  private:
    /// False for the fields that concern framing or the protocol, and for a repeated field that
    /// must not be.
    bool note(bhttp::field id, std::string_view value) noexcept {
        switch (id) {
        case bhttp::field::host:
            return std::exchange(head_.host, value).empty();
        case bhttp::field::connection:
            head_.keep_alive = core::iequals(value, "keep-alive");
            return !std::exchange(has_connection_, true) &&
                   (head_.keep_alive || core::iequals(value, "close"));
        case bhttp::field::content_length:
        case bhttp::field::expect:
        case bhttp::field::proxy_connection:
        case bhttp::field::transfer_encoding:
        case bhttp::field::upgrade:
            return false;
        default:
            break;
        }
        const auto bit = singleton_bit(id);
        const bool is_repeated = (seen_ & bit) != 0;
        seen_ |= bit;
        return !is_repeated;
    }

    const header_limits& limits_;
    request_head& head_;
    unsigned seen_ = 0; // bits of fields that must not be repeated
    bool has_connection_ = false;
};

} // namespace

std::size_t read_usual_head(std::string_view bytes, const header_limits& limits,
                            request_head& head) {
    head.clear();
    head.keep_alive = true;
    usual_head_reader reader(limits, head);
    auto rest = bytes;
    std::string_view line;
    if (!take_line(rest, line) || !reader.read_request_line(line)) {
        return 0;
    }
    while (take_line(rest, line)) {
        if (line.empty()) {
            const auto size = bytes.size() - rest.size();
            return size <= limits.header_bytes && reader.finish() ? size : 0;
        }
        if (!reader.read_field(line)) {
            return 0;
        }
    }
    return 0;
}

} // namespace sluice::http
