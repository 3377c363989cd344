#pragma once
// Decimal digits appended without a temporary string.

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

namespace sluice::http {

inline void append_decimal(std::uint64_t value, std::string& out) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): to_chars fills it
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

} // namespace sluice::http
