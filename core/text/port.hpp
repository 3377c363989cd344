#pragma once
// Parses a port number from digits. The caller decides whether 0 or leading zeros are valid. Used
// by core/address, http/connection and http/request.

#include "core/text/ascii_class.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::core {

/// nullopt unless `text` is digits alone, at least one, of a number up to 65535.
[[nodiscard]] inline std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
    constexpr unsigned largest = 65535;
    unsigned port = 0;
    for (const char c : text) {
        if (!is_ascii_digit(c) || port > largest) {
            return std::nullopt;
        }
        port = port * 10 + static_cast<unsigned>(c - '0');
    }
    return text.empty() || port > largest ? std::nullopt
                                          : std::optional(static_cast<std::uint16_t>(port));
}

} // namespace sluice::core
