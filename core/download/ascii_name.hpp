#pragma once
// A file name's likeness in ASCII, for clients that read no other. Lossy and not for decisions: two
// names may have one likeness. Called by download_name.

#include <string>
#include <string_view>

namespace sluice::core {

/// True for a character that means the same to every client in a quoted filename parameter: visible
/// ASCII and the space, but not the quote and the backslash, which curl reads without regard for
/// escapes, not the percent sign, which some clients decode (RFC 6266 appendix D), and not '/'.
[[nodiscard]] constexpr bool is_plain_name_char(char c) noexcept {
    constexpr std::string_view troublesome = "\"\\%/";
    return c >= 0x20 && c <= 0x7E && troublesome.find(c) == std::string_view::npos;
}

/// Appends plain characters only, at least one. Latin letters lose their accents, composed or not
/// ("Leçon" is "Lecon"); typographic apostrophes and dashes are made plain; any other character
/// that is not plain becomes '_'. "download" when nothing is left. Malformed UTF-8 is harmless.
void append_ascii_name(std::string_view filename, std::string& out);

} // namespace sluice::core
