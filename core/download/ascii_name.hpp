#pragma once
// An ASCII approximation of a file name, for clients that support nothing else. Lossy and not for
// decisions: two names may have the same approximation. Used by core/download/download_name.

#include <string>
#include <string_view>

namespace sluice::core {

/// True for a character that every client interprets alike in a quoted filename parameter: visible
/// ASCII and the space. Excluded are the quote and the backslash, which curl reads without regard
/// for escapes, the percent sign, which some clients decode (RFC 6266 appendix D), and '/'.
[[nodiscard]] constexpr bool is_plain_name_char(char c) noexcept {
    constexpr std::string_view troublesome = "\"\\%/";
    return c >= 0x20 && c <= 0x7E && troublesome.find(c) == std::string_view::npos;
}

/// Appends plain characters only, at least one. Latin letters lose their accents, composed or not
/// ("Leçon" is "Lecon"); typographic apostrophes and dashes are made plain; any other character
/// that is not plain becomes '_'. "download" when nothing is left. Malformed UTF-8 is harmless.
void append_ascii_name(std::string_view filename, std::string& out);

} // namespace sluice::core
