#include "core/download/download_name.hpp"

#include "core/download/ascii_name.hpp"

#include <algorithm>

namespace sluice::core {

namespace {

[[nodiscard]] constexpr bool is_alphanumeric(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// attr-char of RFC 8187 §3.2.1: what may stand in an extended value as itself.
[[nodiscard]] constexpr bool is_attr_char(char c) noexcept {
    constexpr std::string_view marks = "!#$&+-.^_`|~";
    return is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
}

void append_percent_encoded(std::string_view text, std::string& out) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        if (is_attr_char(c)) {
            out.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(digits[byte >> 4U]);
            out.push_back(digits[byte & 0x0FU]);
        }
    }
}

} // namespace

void append_content_disposition(std::string_view filename, std::string& out) {
    out.append("attachment; filename=\"");
    if (!filename.empty() && std::ranges::all_of(filename, is_plain_name_char)) {
        out.append(filename);
        out.push_back('"');
        return;
    }
    append_ascii_name(filename, out);
    out.append("\"; filename*=UTF-8''");
    append_percent_encoded(filename, out);
}

} // namespace sluice::core
