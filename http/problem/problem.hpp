#pragma once
// The problems that this service can respond with, each with its status and public text, in one
// table (problem.cpp), rendered as application/problem+json (RFC 9457). The only source of 4xx and
// 5xx responses: handlers and the session name a problem. Not the decision to reject. Used by
// http/request, http/telemetry and http/exchange, and by handlers through
// http/exchange/exchange.hpp.

#include "core/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::http {

enum class problem_id : std::uint8_t {
    // The message or its connection. The connection closes.
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
    // The target.
    target_invalid,
    query_invalid,
    route_unknown,
    method_not_allowed,
    // The parameters.
    parameter_missing,
    parameter_repeated,
    parameter_invalid,
    parameter_not_applicable,
    // The caller.
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
    // The media file.
    media_not_found,
    course_ambiguous,
    media_unavailable,
    precondition_failed,
    range_not_satisfiable,
    // The node.
    store_unavailable,
    session_keys_unavailable,
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
    std::string_view detail;      // says what to do; never contains input
    std::string_view challenge{}; // the value of WWW-Authenticate (RFC 6750 §3), or empty
    bool closes = false;          // the connection closes after the response
    unsigned retry_after = 0;     // seconds; 0: the field is not sent
};

[[nodiscard]] const problem_type& describe(problem_id id) noexcept;

/// The only mapping from the domain's failures to problems.
[[nodiscard]] problem_id problem_for(core::errc code) noexcept;

/// Appends the JSON body. `subject` (a parameter or claim, from static storage) becomes the member
/// "parameter" when it is not empty.
void append_problem_json(const problem_type& type, std::string_view subject,
                         std::string_view request_id, std::string& out);

} // namespace sluice::http
