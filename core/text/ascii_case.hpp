#pragma once
// Compares names and tokens that are case-insensitive in HTTP; ASCII only. Replaces Beast's
// iequals, which in 1.81 reads a byte beyond both texts when they differ in case (found by
// fuzz_addresses). Not for file names or identifiers, which are compared as bytes. Used by core and
// http.

#include <algorithm>
#include <string_view>

namespace sluice::core {

/// `c`, or the small letter of a capital one.
[[nodiscard]] constexpr char ascii_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// True when the texts are equal but for the case of ASCII letters.
[[nodiscard]] constexpr bool iequals(std::string_view one, std::string_view other) noexcept {
    return std::ranges::equal(
        one, other, [](char a, char b) { return a == b || ascii_lower(a) == ascii_lower(b); });
}

} // namespace sluice::core
