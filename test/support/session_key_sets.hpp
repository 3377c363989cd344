#pragma once
// Key files for session tokens.

#include "core/issuer/session_keys.hpp"
#include "crypto/base64url.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace sluice::test {

inline const std::string session_secret(32, 's');

/// A JWKS with session_secret under the kid "a".
inline const std::string secret_set = R"({"keys":[{"kty":"oct","kid":"a","k":")" +
                                      crypto::base64url_encode(session_secret) + R"("}]})";

/// The number of problems that the reader reports of this file.
inline std::size_t problems_of(const std::string& file) {
    std::vector<core::operator_problem> problems;
    (void)core::parse_session_keys(file, "f", problems);
    return problems.size();
}

} // namespace sluice::test
