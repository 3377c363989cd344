#pragma once
// Reads the credentials of an object store: a JSON file, or a file of shared credentials as the
// command line of AWS writes it. Its owner and permissions are checked like those of every secret
// (core/files/secret_file). It watches no file: app/objects/object_media does. Used by
// app/objects/object_media and app/start/start_checks.

#include "core/objects/object_request.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

/// Empty on success; otherwise a clause that says what is wrong with the file, without its content.
[[nodiscard]] std::string read_credentials_file(const std::string& path, object_credentials& out);

/// The same for the content of a file: {"access_key_id": "...", "secret_access_key": "...",
/// "session_token": "..."}, or the section [default] with aws_access_key_id,
/// aws_secret_access_key and aws_session_token. The session token is optional.
[[nodiscard]] std::string parse_credentials(std::string_view text, object_credentials& out);

/// Checks and takes the three values; a clause on failure.
[[nodiscard]] std::string make_credentials(std::string_view id, std::string_view secret,
                                           std::string_view token, object_credentials& out);

} // namespace sluice::core
