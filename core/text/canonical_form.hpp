#pragma once
// Unicode normalisation (UAX #15), to explain why a name is not found. Never for a decision: names
// are compared byte by byte (docs/security.md, threat 17). Used by core/media/name_twin alone.

#include <string>
#include <string_view>

namespace sluice::core {

/// Text that has one form alone.
[[nodiscard]] bool is_ascii(std::string_view text) noexcept;

/// True when `one` and `other` are different bytes for the same characters: canonically equivalent,
/// such as "é" in one code point and in two. False where either is not UTF-8.
[[nodiscard]] bool differ_by_form_alone(std::string_view one, std::string_view other);

/// `text` composed (NFC), as keyboards and web forms write it; `text` itself where it is not UTF-8.
[[nodiscard]] std::string composed(std::string_view text);

} // namespace sluice::core
