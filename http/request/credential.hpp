#pragma once
// Reads the token from the Authorization field (RFC 6750 §2.1), the only place it is accepted in.
// Does not verify it: core/token does. Used by http/handlers/download_handler.cpp and
// http/handlers/token_handler.cpp.

#include "core/base/result.hpp"

#include <optional>
#include <string_view>

namespace sluice::http {

/// The token of "Bearer <token>": scheme in any case, exactly one space, no other white space or
/// comma (docs/security.md, threat 38). Fails with credential_missing when the field is absent and
/// with credential_malformed for any other input.
[[nodiscard]] core::result<std::string_view>
read_bearer(std::optional<std::string_view> authorization) noexcept;

/// Like read_bearer(), but does not check the characters of the token. For callers that verify the
/// token next: a token with other characters fails there.
[[nodiscard]] core::result<std::string_view>
bearer_text(std::optional<std::string_view> authorization) noexcept;

/// True for b64token of RFC 6750 §2.1.
[[nodiscard]] bool is_token_text(std::string_view text) noexcept;

} // namespace sluice::http
