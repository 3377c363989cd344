#include "core/text/percent.hpp"

#include "core/text/any_byte.hpp"
#include "core/text/ascii_class.hpp"

#include <cstdint>

namespace sluice::core {

namespace {

constexpr int not_a_digit = -1;

constexpr int hex_value(char c) noexcept {
    if (is_ascii_digit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return not_a_digit;
}

} // namespace

bool append_percent_decoded(std::string_view text, plus_sign plus, std::string& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '+' && plus == plus_sign::space) {
            out += ' ';
        } else if (c != '%') {
            out += c;
        } else {
            if (text.size() - i < 3) {
                return false;
            }
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high == not_a_digit || low == not_a_digit) {
                return false;
            }
            out += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
            i += 2;
        }
    }
    return true;
}

void append_percent_escape(char c, std::string& out) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<std::uint8_t>(c);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 0x0FU];
}

bool is_unreserved_text(std::string_view text) noexcept {
    return !any_byte(text, [](auto byte) {
        const auto is_digit = (byte >= '0') & (byte <= '9');
        const auto small = byte | 0x20;
        const auto is_letter = (small >= 'a') & (small <= 'z');
        return ~(is_digit | is_letter | (byte == '-') | (byte == '.') | (byte == '_') |
                 (byte == '~'));
    });
}

void append_percent_encoded(std::string_view segment, std::string& out) {
    if (is_unreserved_text(segment)) { // as most segments are
        out += segment;
        return;
    }
    for (const char c : segment) {
        if (is_unreserved(c)) {
            out += c;
        } else {
            append_percent_escape(c, out);
        }
    }
}

std::string percent_encoded_path(std::string_view path) {
    std::string out;
    for (;;) {
        const auto name = path.substr(0, path.find('/'));
        append_percent_encoded(name, out);
        if (name.size() == path.size()) {
            return out;
        }
        out += '/';
        path.remove_prefix(name.size() + 1);
    }
}

} // namespace sluice::core
