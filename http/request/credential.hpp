#pragma once
// The Authorization field of a download (RFC 6750 §2.1): the only place a token is read from.

#include "core/base/result.hpp"

#include <optional>
#include <string_view>

namespace sluice::http {

/// The token of "Bearer <token>": scheme in any case, exactly one space, no other white space or
/// comma (docs/security.md, threat 38). credential_missing for an absent field,
/// credential_malformed for anything else.
[[nodiscard]] core::result<std::string_view>
read_bearer(std::optional<std::string_view> authorization) noexcept;

/// The same without a look at the token's characters: for whoever verifies the token next, which
/// shows as much.
[[nodiscard]] core::result<std::string_view>
bearer_text(std::optional<std::string_view> authorization) noexcept;

/// True for b64token of RFC 6750 §2.1.
[[nodiscard]] bool is_token_text(std::string_view text) noexcept;

} // namespace sluice::http
