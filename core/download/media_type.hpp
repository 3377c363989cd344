#pragma once
// The Content-Type of a file by the extension of its name. Does not look at the content and
// promises nothing about it: the response also says nosniff and attachment (docs/security.md,
// threat 23). Used by http/handlers/file_response.

#include <string_view>

namespace sluice::core {

/// The media type of `filename`'s last extension, compared without regard to case.
/// "application/octet-stream" for an unknown extension, for none, and for a name that is only an
/// extension (".mp4"). Never a type in which a browser runs script: HTML, SVG, XML and JavaScript
/// are served as octets.
[[nodiscard]] std::string_view media_type_of(std::string_view filename) noexcept;

} // namespace sluice::core
