#pragma once
// Writes and checks the JOSE header (RFC 7515 §4) of a token. A header is read only after a key has
// authenticated it; it never selects the key (docs/decisions/0003-mac-first-key-selection.md). Used
// by core/token/token_service.

#include "core/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// The encoded header of a token signed with the key `kid`, which must satisfy is_key_id.
[[nodiscard]] std::string encode_jose_header(std::string_view kid);

/// The encoded headers that other issuers usually write for the key `kid`, or without one when it
/// is empty: the members in any order, with and without `typ`, without a space. read_jose_header()
/// accepts each of them.
[[nodiscard]] std::vector<std::string> encode_usual_headers(std::string_view kid);

/// Checks an authenticated header and stores its `kid`, empty when it has none. Fails with
/// token_algorithm: not a strict JSON object; `alg` not "HS256"; `typ` neither absent nor exactly
/// "JWT" (RFC 7519 §5.1 recommends upper case, which PyJWT and we write; another case would be
/// another spelling of one token); `crit` or `b64` present (RFC 7515 §4.1.11, RFC 7797: we
/// understand no extension). Keys in a header (jwk, jku, x5c, x5u) are ignored.
[[nodiscard]] result<void> read_jose_header(std::string_view json, std::string& kid);

} // namespace sluice::core
