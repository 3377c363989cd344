#pragma once
// Content-Disposition of a download (RFC 6266, RFC 8187): makes any file name safe to send and lets
// a client save exactly that name. Does not validate names: media_id does.
// docs/decisions/0004-attachment-names.md gives the reasons and the behaviour of clients. Used by
// http/handlers/file_response.

#include <string>
#include <string_view>

namespace sluice::core {

/// Appends `attachment; filename="<name>"`; when the name is not safe to send as it is, that
/// parameter is an ASCII approximation (ascii_name.hpp) and `; filename*=UTF-8''<name,
/// percent-encoded>` follows. Total: only visible ASCII and spaces are ever appended, and nothing
/// that ends the quoted string. `filename` is the last path segment, in UTF-8; bytes are neither
/// normalised nor dropped.
void append_content_disposition(std::string_view filename, std::string& out);

} // namespace sluice::core
