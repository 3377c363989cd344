#pragma once
// Shared by the fuzz targets.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace sluice::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data),
            size}; // NOLINT: bytes in the form that the parsers take
}

/// Checks an invariant: a violation is a crash, which libFuzzer reports.
inline void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// Cuts the next line off `text`.
inline std::string_view next_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

} // namespace sluice::fuzz
