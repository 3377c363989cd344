#pragma once
// The JOSE header (RFC 7515 §4) of a token: the one we write, and what is accepted from others. It
// is read only after a key has vouched for its bytes; it never chooses the key
// (docs/decisions/0003). Called by token_service.

#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace sluice::core {

/// The encoded header of a token signed with the key `kid`, which must satisfy is_key_id.
[[nodiscard]] std::string encode_jose_header(std::string_view kid);

/// Checks an authenticated header and leaves its `kid` there, empty where it has none. Fails with
/// token_algorithm: not a strict JSON object; `alg` not "HS256"; `typ` neither absent nor "JWT" to
/// the letter (RFC 7519 §5.1 recommends upper case, PyJWT and we write it; a media type in another
/// case would be another spelling of one token); `crit` or `b64` present (RFC 7515 §4.1.11, RFC
/// 7797: we understand no extension). Keys that a header brings along (jwk, jku, x5c, x5u) are
/// ignored.
[[nodiscard]] result<void> read_jose_header(std::string_view json, std::string& kid);

} // namespace sluice::core
