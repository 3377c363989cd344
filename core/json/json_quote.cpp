#include "core/json/json_quote.hpp"

#include "core/text/any_byte.hpp"
#include "core/text/append_all.hpp"
#include "core/text/put_text.hpp"

namespace sluice::core {

namespace {

/// True when no byte of `text` needs an escape.
bool is_plain(std::string_view text) noexcept {
    return !any_byte(text, [](auto byte) {
        return (byte < 0x20) | (byte == 0x7F) | (byte == '"') | (byte == '\\');
    });
}

} // namespace

char* put_json_quoted(std::string_view text, char* to) noexcept {
    constexpr std::string_view hex = "0123456789abcdef";
    *to++ = '"';
    if (is_plain(text)) {
        to = put_text(text, to);
        *to++ = '"';
        return to;
    }
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            *to++ = '\\';
            *to++ = c;
        } else if (byte < 0x20 || byte == 0x7F) {
            for (const char escape : {'\\', 'u', '0', '0', hex[byte >> 4U], hex[byte & 0x0FU]}) {
                *to++ = escape;
            }
        } else {
            *to++ = c;
        }
    }
    *to++ = '"';
    return to;
}

void append_json_quoted(std::string_view text, std::string& out) {
    if (is_plain(text)) { // resize() would clear six times the bytes of the text
        append_all(out, "\"", text, "\"");
        return;
    }
    const auto before = out.size();
    out.resize(before + json_quoted_bound(text.size()));
    const char* const end = put_json_quoted(text, out.data() + before);
    out.resize(static_cast<std::size_t>(end - out.data()));
}

} // namespace sluice::core
