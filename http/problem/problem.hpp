#pragma once
// Every refusal this service can answer, each with its status and public text, in one table
// (problem.cpp), rendered as application/problem+json (RFC 9457). Handlers and the session name a
// problem; nobody else writes a 4xx or 5xx.

#include "core/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::http {

enum class problem_id : std::uint8_t {
    // The message itself; the connection closes.
    malformed_request,
    host_invalid,
    framing_invalid,
    field_repeated,
    content_refused,
    content_too_large,
    target_too_long,
    fields_too_large,
    coding_unknown,
    version_unsupported,
    method_unknown,
    expectation_failed,
    header_timeout,
    tls_required,
    too_many_connections,
    too_many_from_peer,
    // Where it points.
    target_invalid,
    query_invalid,
    route_unknown,
    method_not_allowed,
    // What it asks for.
    parameter_missing,
    parameter_repeated,
    parameter_invalid,
    parameter_not_applicable,
    // Who asks.
    credential_missing,
    credential_malformed,
    token_invalid,
    token_expired,
    token_not_yet_valid,
    token_revoked,
    token_mismatch,
    not_entitled,
    user_banned,
    issuer_closed,
    too_many_downloads,
    issuer_credential_missing,
    issuer_credential_refused,
    issuer_key_invalid,
    issuer_not_permitted,
    rate_exceeded,
    session_invalid,
    session_expired,
    session_mismatch,
    too_many_bad_credentials,
    // The media.
    media_not_found,
    course_ambiguous,
    media_unavailable,
    precondition_failed,
    range_not_satisfiable,
    // The node.
    store_unavailable,
    draining,
    overloaded,
    handler_timeout,
    internal,
};

inline constexpr std::size_t problem_count = static_cast<std::size_t>(problem_id::internal) + 1;

/// One row of the table.
struct problem_type {
    problem_id id;
    unsigned status;
    std::string_view slug; // the last part of `type`, and the label in metrics and logs
    std::string_view title;
    std::string_view detail;      // says how to mend it; never contains input
    std::string_view challenge{}; // the value of WWW-Authenticate, where one is due (RFC 6750 §3)
    bool closes = false;          // the connection cannot go on
    unsigned retry_after = 0;     // seconds; 0: no such field
};

[[nodiscard]] const problem_type& describe(problem_id id) noexcept;

/// The one mapping from the domain's failures to problems.
[[nodiscard]] problem_id problem_for(core::errc code) noexcept;

/// Appends the JSON body. `subject` (a parameter or claim, from static storage) becomes the member
/// "parameter" when it is not empty.
void append_problem_json(const problem_type& type, std::string_view subject,
                         std::string_view request_id, std::string& out);

} // namespace sluice::http
