#pragma once
// Percent-encoding and decoding (RFC 3986 §2.1). Does not split a URL: http/request/target and
// http/request/query do. Used by core/download, http and app.

#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// The meaning of '+': a space in a query (the HTML form encoding), itself in a path.
enum class plus_sign : bool { literal, space };

/// Appends the decoded bytes of `text`, decoded exactly once; false on an escape that is not '%'
/// and two hexadecimal digits. `out` then holds the text before it.
[[nodiscard]] bool append_percent_decoded(std::string_view text, plus_sign plus, std::string& out);

/// Appends '%' and two upper-case digits.
void append_percent_escape(char c, std::string& out);

/// True when all characters are unreserved (RFC 3986 §2.3): text that needs no escape anywhere.
[[nodiscard]] bool is_unreserved_text(std::string_view text) noexcept;

/// Appends `segment` with everything but RFC 3986 unreserved characters escaped, upper-case digits.
void append_percent_encoded(std::string_view segment, std::string& out);

/// The same for each part of a path between slashes: names as bytes, for people.
[[nodiscard]] std::string percent_encoded_path(std::string_view path);

} // namespace sluice::core
