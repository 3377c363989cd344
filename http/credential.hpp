#pragma once
// The Authorization field of a download (RFC 6750 §2.1): the only place a token is read from.

#include "core/result.hpp"

#include <optional>
#include <string_view>

namespace sluice::http {

/// The token of "Bearer <token>": scheme in any case, exactly one space, no other white space or
/// comma (threats 38). credential_missing for an absent field, credential_malformed for anything
/// else.
[[nodiscard]] core::result<std::string_view>
read_bearer(std::optional<std::string_view> authorization) noexcept;

} // namespace sluice::http
