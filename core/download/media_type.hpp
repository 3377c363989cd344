#pragma once
// The Content-Type of a file by the extension of its name. Not sniffing, and no promise about the
// content: the response also says nosniff and attachment (docs/security.md, threat 23). Called by
// whoever writes the response.

#include <string_view>

namespace sluice::core {

/// The media type of `filename`'s last extension, whatever its case; "application/octet-stream" for
/// any other, for none, and for a name that is nothing but one (".mp4"). Never a type that a
/// browser would run script in: HTML, SVG, XML and JavaScript are octets here.
[[nodiscard]] std::string_view media_type_of(std::string_view filename) noexcept;

} // namespace sluice::core
