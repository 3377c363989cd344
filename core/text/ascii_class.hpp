#pragma once
// Classes of ASCII characters, independent of the locale. Not for text in other scripts, and not
// for comparing names: core/text/ascii_case.hpp does that. Used by the parsers of core and http.

#include <algorithm>
#include <string_view>

namespace sluice::core {

[[nodiscard]] constexpr bool is_ascii_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_ascii_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

[[nodiscard]] constexpr bool is_ascii_alphanumeric(char c) noexcept {
    return is_ascii_letter(c) || is_ascii_digit(c);
}

/// True for the characters that no part of a URI needs to encode (RFC 3986 §2.3, unreserved).
[[nodiscard]] constexpr bool is_unreserved(char c) noexcept {
    return is_ascii_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// True for the characters of a token (RFC 9110 §5.6.2, tchar).
[[nodiscard]] constexpr bool is_tchar(char c) noexcept {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return is_ascii_alphanumeric(c) || marks.find(c) != std::string_view::npos;
}

/// True for a token, such as the name of a field or a method. Not the tokens of core/token.
[[nodiscard]] constexpr bool is_http_token(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, is_tchar);
}

} // namespace sluice::core
