#pragma once
// Validates text in identifiers and file names: strict UTF-8 (RFC 3629) without characters that
// hide or reorder others; and masks such characters in text that is shown. Not a Unicode library:
// nothing is normalised or folded, because decisions compare bytes (docs/security.md, threat 17).
// Used by core, http and app.

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::core {

/// RFC 3629 §3: no overlong forms, no surrogates, nothing above U+10FFFF, nothing cut short. Empty
/// text is valid.
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// True when `text` holds a C0 or C1 control, DEL, a bidirectional control (U+061C, U+200E, U+200F,
/// U+202A to U+202E, U+2066 to U+2069), a zero-width control (U+200B, U+2060, U+FEFF), or a joiner
/// (U+200C, U+200D) where it has no meaning. A joiner has a meaning between two letters or emoji
/// that are not ASCII: Persian words, Indic conjuncts and family emoji need it (docs/security.md,
/// threat 17, the idea of RFC 5892's CONTEXTJ). Next to ASCII, punctuation or another joiner, or at
/// an end, it can only make two names look alike. Malformed UTF-8 counts as forbidden.
[[nodiscard]] bool has_forbidden_code_point(std::string_view text) noexcept;

/// Replaces each byte of `text` that is not printable ASCII by '?'.
void mask_unprintable(std::string& text) noexcept;

/// mask_unprintable() if `text` has a forbidden code point. For text of strangers that a terminal
/// or a log shows: it must not control the terminal or reorder the line.
void mask_forbidden(std::string& text) noexcept;

/// The first `most` bytes of `text`, or up to three fewer, so that no code point is cut in two.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t most) noexcept;

} // namespace sluice::core
