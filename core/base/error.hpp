#pragma once
// Every way the domain can refuse, as a value. Nothing here knows HTTP: http/problem/problem.cpp
// holds the one table that turns a failure into a status and a text.

#include <cstdint>
#include <string_view>

namespace sluice::core {

/// Why the domain refused. The comment behind each says whose fault it is.
enum class errc : std::uint8_t {
    parameter_missing,        // client: a parameter the type needs is absent or empty
    parameter_repeated,       // client: a known parameter given twice
    parameter_invalid,        // client: a value outside its grammar
    parameter_not_applicable, // client: a parameter that does not belong to the type
    path_invalid,             // client: a target path no media can have
    query_invalid,            // client: not a query

    credential_missing,   // client: no credential at all
    credential_malformed, // client: not "Bearer <token>"
    token_malformed,      // client: not a canonical compact JWS, or over the size cap
    token_signature,      // client: no key of ours signed this
    token_algorithm,      // client: signed by us, but alg, typ, crit or kid is not what we issue
    token_claims,        // client: signed by us, but a claim is missing, of a wrong type or foreign
    token_expired,       // client: now >= exp
    token_not_yet_valid, // client or clocks: nbf or iat lies ahead
    token_revoked,       // client: a good token that was called back
    token_mismatch,      // client: a good token for other media

    not_entitled,  // client: this user may not have a token for this media
    user_banned,   // client: this user may have no token at all for now
    issuer_closed, // operator: who may mint is not configured for this caller

    issuer_credential_missing, // client: asks for tokens without a key or session token
    issuer_credential_refused, // client: one of a kind that is not accepted here, or two at once
    issuer_key_invalid,        // client: no issuer key of ours, or a retired one
    issuer_not_permitted,      // client: the key may not issue this
    rate_exceeded,             // client: the key's rate
    session_invalid,           // client: not a session token that we accept
    session_expired,           // client: an old one
    session_mismatch,          // client: user_id is not who the session token is for
    too_many_bad_credentials,  // client: from where it asks, too many bad ones came lately

    media_not_found,   // client: no such regular file below the root
    course_ambiguous,  // operator: two trainers have a course with this id
    media_unavailable, // node: descriptors, disk or mount; trying again may help
    store_unavailable, // node: grants or revocations cannot be read; trying again may help
    internal,          // us
};

/// A stable, lower-case name for logs and metrics: "token_expired".
[[nodiscard]] std::string_view name_of(errc code) noexcept;

/// A refusal and, where one exists, the name of the parameter or claim it is about. `subject`
/// always points to static storage: it never carries input.
struct failure {
    errc code{};
    std::string_view subject{};

    friend bool operator==(const failure&, const failure&) = default;
};

} // namespace sluice::core
