#pragma once
// Parses a port number from digits. The caller decides whether 0 or leading zeros are valid.

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace sluice::core {

/// nullopt unless `text` is digits alone, at least one, of a number up to 65535.
[[nodiscard]] inline std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
    std::uint16_t port = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data(), end, port);
    if (fault != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return port;
}

} // namespace sluice::core
