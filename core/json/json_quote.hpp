#pragma once
// A JSON string, appended without a temporary one: for what goes over the network and into logs.
// What people read at a terminal is core/json/json_text.hpp.

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::core {

/// Appends `text` in quotes, escaped by RFC 8259 §7: quotes, backslashes and controls, DEL among
/// them; valid UTF-8 is written as it is.
void append_json_quoted(std::string_view text, std::string& out);

/// The same to `to`, where there is room for json_quoted_bound(). Returns the end.
char* put_json_quoted(std::string_view text, char* to) noexcept;

/// The most bytes that `size` bytes of text may take in quotes.
[[nodiscard]] constexpr std::size_t json_quoted_bound(std::size_t size) noexcept {
    constexpr std::size_t longest_escape = sizeof "\\u0000" - 1;
    return longest_escape * size + 2;
}

} // namespace sluice::core
