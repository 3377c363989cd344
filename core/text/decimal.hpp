#pragma once
// Writes decimal digits without a temporary string, and reads them. Used by core, http and app.

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

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

/// Writes the last `width` digits of `value`, with leading zeros, to `at`. Returns the end.
inline char* put_padded(unsigned value, unsigned width, char* at) noexcept {
    for (unsigned i = width; i-- > 0; value /= 10) {
        at[i] = static_cast<char>('0' + value % 10);
    }
    return at + width;
}

/// nullopt unless `text` is a number of type T and nothing else: digits, and for a signed type a
/// minus before them.
template <std::integral T>
[[nodiscard]] std::optional<T> parse_decimal(std::string_view text) noexcept {
    T number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data(), end, number);
    return fault == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

} // namespace sluice::core
