#pragma once
// The values of WWW-Authenticate (RFC 6750 §3) that rows of the problem table share. Not the choice
// of a value for a failure: the table makes it. Used by http/problem/problem.cpp only.

#include <string_view>

namespace sluice::http {

inline constexpr std::string_view no_token = R"(Bearer realm="sluice")";
inline constexpr std::string_view bad_token =
    R"(Bearer realm="sluice", error="invalid_token", error_description="The token is not valid")";
inline constexpr std::string_view expired_token =
    R"(Bearer realm="sluice", error="invalid_token", error_description="The token has expired")";
inline constexpr std::string_view early_token =
    R"(Bearer realm="sluice", error="invalid_token", error_description="The token is not yet valid")";
inline constexpr std::string_view revoked_token =
    R"(Bearer realm="sluice", error="invalid_token", error_description="The token was revoked")";

inline constexpr std::string_view no_issuer = R"(Bearer realm="sluice-issuer")";
inline constexpr std::string_view bad_issuer =
    R"(Bearer realm="sluice-issuer", error="invalid_token")";

} // namespace sluice::http
