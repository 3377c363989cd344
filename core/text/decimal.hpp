#pragma once
// Appends decimal digits without a temporary string.

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>

namespace sluice::core {

inline constexpr std::size_t max_decimal_size = 20; // of 2^64 - 1

/// Writes to `at`, which has room for max_decimal_size bytes. Returns the end.
inline char* put_decimal(std::uint64_t value, char* at) noexcept {
    return std::to_chars(at, at + max_decimal_size, value).ptr;
}

inline void append_decimal(std::uint64_t value, std::string& out) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): put_decimal fills it
    std::array<char, max_decimal_size> digits;
    out.append(digits.data(), put_decimal(value, digits.data()));
}

} // namespace sluice::core
