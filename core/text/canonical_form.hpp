#pragma once
// Unicode normalisation (UAX #15), to explain why a name is not found. Never for a decision: names
// are compared byte by byte (docs/security.md, threat 17). Used by core/media and app/log/twin_log.

#include <string>
#include <string_view>

namespace sluice::core {

/// True for ASCII text, which has only one form.
[[nodiscard]] bool is_ascii(std::string_view text) noexcept;

/// True when `one` and `other` are different bytes for the same characters: canonically equivalent,
/// such as "é" in one code point and in two. False when either is not UTF-8.
[[nodiscard]] bool differ_by_form_alone(std::string_view one, std::string_view other);

/// `text` composed (NFC), as keyboards and web forms write it; `text` itself when it is not UTF-8.
[[nodiscard]] std::string composed(std::string_view text);

/// `text` decomposed (NFD), as macOS writes names of files; `text` itself when it is not UTF-8.
[[nodiscard]] std::string decomposed(std::string_view text);

} // namespace sluice::core
