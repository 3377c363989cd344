#pragma once
// The failures of the domain, as values. Independent of HTTP: http/problem/problem.cpp holds the
// one table that maps a failure to a status and a text. Faults in the files of an operator are
// core/base/operator_problem.hpp. Used through core/base/result.hpp, and by http/problem.

#include <cstdint>
#include <string_view>

namespace sluice::core {

/// The cause of a failure. The comment after each value says which side is at fault.
enum class errc : std::uint8_t {
    parameter_missing,        // client: a parameter the type needs is absent or empty
    parameter_repeated,       // client: a known parameter given twice
    parameter_invalid,        // client: a value outside its grammar
    parameter_not_applicable, // client: a parameter that does not belong to the type
    path_invalid,             // client: a target path that no media can have
    query_invalid,            // client: not a query

    credential_missing,   // client: no credential at all
    credential_malformed, // client: not "Bearer <token>"
    token_malformed,      // client: not a canonical compact JWS, or over the size cap
    token_signature,      // client: not signed by any key of ours
    token_algorithm, // client: signed by us, but with an alg, typ, crit or kid that we do not issue
    token_claims,    // client: signed by us, but a claim is missing, of a wrong type or foreign
    token_expired,   // client: now >= exp
    token_not_yet_valid, // client or clocks: nbf or iat lies ahead
    token_revoked,       // client: a valid token that was revoked
    token_mismatch,      // client: a valid token for other media

    not_entitled,  // client: this user may not have a token for this media
    user_banned,   // client: this user may have no token at all for now
    issuer_closed, // operator: no way to authenticate this caller is configured

    issuer_credential_missing, // client: requests a token without a key or session token
    issuer_credential_refused, // client: a kind of credential that is not accepted here, or two at
                               // once
    issuer_key_invalid,        // client: no issuer key of ours, or a retired one
    issuer_not_permitted,      // client: the key may not issue this
    rate_exceeded,             // client: the rate limit of the key is reached
    session_invalid,           // client: not a session token that we accept
    session_expired,           // client: an expired session token
    session_mismatch,          // client: user_id is not the subject of the session token
    too_many_bad_credentials,  // client: too many bad credentials from its address lately

    media_not_found,          // client: no such regular file below the root
    course_ambiguous,         // operator: two trainers have a course with this id
    media_unavailable,        // node: descriptors, disk or mount; a retry may succeed
    store_unavailable,        // node: grants or revocations cannot be read; a retry may succeed
    session_keys_unavailable, // node: the keys of session tokens have not been fetched yet
    internal,                 // us
};

/// A stable, lower-case name for logs and metrics: "token_expired".
[[nodiscard]] std::string_view name_of(errc code) noexcept;

/// An error code and, when there is one, the name of the parameter or claim at fault. `subject`
/// always points to static storage and never carries input.
struct failure {
    errc code{};
    std::string_view subject{};

    friend bool operator==(const failure&, const failure&) = default;
};

} // namespace sluice::core
