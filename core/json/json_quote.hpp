#pragma once
// Appends a JSON string without a temporary one, for network output and logs.
// core/json/json_text.hpp writes JSON for a terminal. Used by core/issuer/issuer_key_file,
// core/json/json_object_writer and http/telemetry/log_line.

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::core {

/// Appends `text` in quotes, escaped as RFC 8259 §7 requires: quotes, backslashes and controls,
/// also DEL; valid UTF-8 is written unchanged.
void append_json_quoted(std::string_view text, std::string& out);

/// Writes the same to `to`, which has room for json_quoted_bound() bytes. Returns the end.
char* put_json_quoted(std::string_view text, char* to) noexcept;

/// The most bytes that `size` bytes of text may take in quotes.
[[nodiscard]] constexpr std::size_t json_quoted_bound(std::size_t size) noexcept {
    constexpr std::size_t longest_escape = sizeof "\\u0000" - 1;
    return longest_escape * size + 2;
}

} // namespace sluice::core
