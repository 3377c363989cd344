#pragma once
// Removes the spaces around a text. The caller decides which characters count as spaces. Copies
// nothing. Used by core, http/request and app/commands.

#include <string_view>

namespace sluice::core {

/// Optional white space of HTTP (RFC 9110 §5.6.3).
inline constexpr std::string_view http_spaces = " \t";

/// A view into `text`.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text,
                                                 std::string_view spaces = http_spaces) noexcept {
    const auto begin = text.find_first_not_of(spaces);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

} // namespace sluice::core
