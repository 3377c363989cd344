#pragma once
// Parses a port number from digits. The caller decides whether 0 or leading zeros are valid. Used
// by core/address, http/connection and http/request.

#include "core/text/decimal.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::core {

/// nullopt unless `text` is digits alone, at least one, of a number up to 65535.
[[nodiscard]] inline std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
    return parse_decimal<std::uint16_t>(text);
}

} // namespace sluice::core
