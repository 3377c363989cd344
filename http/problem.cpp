#include "http/problem.hpp"

#include "core/json_quote.hpp"

#include <array>

namespace sluice::http {

namespace {

constexpr std::string_view no_token = R"(Bearer realm="sluice")";
constexpr std::string_view bad_token =
    R"(Bearer realm="sluice", error="invalid_token", error_description="The token is not valid")";
constexpr std::string_view expired_token =
    R"(Bearer realm="sluice", error="invalid_token", error_description="The token has expired")";
constexpr std::string_view early_token =
    R"(Bearer realm="sluice", error="invalid_token", error_description="The token is not yet valid")";

constexpr std::string_view revoked_token =
    R"(Bearer realm="sluice", error="invalid_token", error_description="The token was revoked")";

using enum problem_id;

constexpr std::array<problem_type, problem_count> table{{
    {.id = malformed_request,
     .status = 400,
     .slug = "malformed-request",
     .title = "The request is not well-formed HTTP/1.1",
     .detail = "The request line or a field breaks the grammar of RFC 9112.",
     .closes = true},
    {.id = host_invalid,
     .status = 400,
     .slug = "host-invalid",
     .title = "The Host field is missing, repeated or not a host",
     .detail = "Send exactly one Host field with a host name or address and an optional port.",
     .closes = true},
    {.id = framing_invalid,
     .status = 400,
     .slug = "framing-invalid",
     .title = "The length of the request cannot be told for certain",
     .detail = "Content-Length and Transfer-Encoding contradict each other or are not well-formed.",
     .closes = true},
    {.id = field_repeated,
     .status = 400,
     .slug = "field-repeated",
     .title = "A field that may occur once was sent twice",
     .detail = "Send Authorization, Range and other fields that have one value once.",
     .closes = true},
    {.id = content_refused,
     .status = 400,
     .slug = "content-refused",
     .title = "This resource takes no request content",
     .detail = "Send the request without a body.",
     .closes = true},
    {.id = content_too_large,
     .status = 413,
     .slug = "content-too-large",
     .title = "The request content is too large",
     .detail = "Send the request without a body.",
     .closes = true},
    {.id = target_too_long,
     .status = 414,
     .slug = "target-too-long",
     .title = "The request target is too long",
     .detail = "Shorten the path or the query.",
     .closes = true},
    {.id = fields_too_large,
     .status = 431,
     .slug = "fields-too-large",
     .title = "The header section is too large",
     .detail = "Send fewer or shorter fields.",
     .closes = true},
    {.id = coding_unknown,
     .status = 501,
     .slug = "transfer-coding-unknown",
     .title = "The transfer coding is not implemented",
     .detail = "Send the request without Transfer-Encoding.",
     .closes = true},
    {.id = version_unsupported,
     .status = 505,
     .slug = "version-unsupported",
     .title = "The HTTP version is not supported",
     .detail = "Use HTTP/1.1.",
     .closes = true},
    {.id = method_unknown,
     .status = 501,
     .slug = "method-unknown",
     .title = "The method is not implemented",
     .detail = "Use GET, HEAD or OPTIONS.",
     .closes = true},
    {.id = expectation_failed,
     .status = 417,
     .slug = "expectation-failed",
     .title = "The expectation cannot be met",
     .detail = "Send the request without Expect.",
     .closes = true},
    {.id = header_timeout,
     .status = 408,
     .slug = "header-timeout",
     .title = "The request took too long to arrive",
     .detail = "Send the whole header section within the time limit.",
     .closes = true},
    {.id = too_many_connections,
     .status = 503,
     .slug = "too-many-connections",
     .title = "The server has no free connection",
     .detail = "Try again after the time in Retry-After.",
     .closes = true,
     .retry_after = 5},
    {.id = too_many_from_peer,
     .status = 429,
     .slug = "too-many-connections-from-peer",
     .title = "Too many connections come from your address",
     .detail = "Use fewer connections at once, or try again after the time in Retry-After.",
     .closes = true,
     .retry_after = 5},
    {.id = target_invalid,
     .status = 400,
     .slug = "target-invalid",
     .title = "The request target is not acceptable",
     .detail = "A path segment is empty, a dot segment, or decodes to a separator, a control "
               "character or invalid UTF-8.",
     .closes = true},
    {.id = query_invalid,
     .status = 400,
     .slug = "query-invalid",
     .title = "The query is not well-formed",
     .detail =
         "A percent escape in the query is incomplete, or the query has too many parameters."},
    {.id = route_unknown,
     .status = 404,
     .slug = "route-unknown",
     .title = "There is nothing at this path",
     .detail =
         "Tokens are issued at /api/get-download-token/v2 and files served below /download2/."},
    {.id = method_not_allowed,
     .status = 405,
     .slug = "method-not-allowed",
     .title = "The method is not allowed here",
     .detail = "Use one of the methods in the Allow field."},
    {.id = problem_id::parameter_missing,
     .status = 400,
     .slug = "parameter-missing",
     .title = "A parameter is missing or empty",
     .detail = "Send the parameter named in \"parameter\"."},
    {.id = problem_id::parameter_repeated,
     .status = 400,
     .slug = "parameter-repeated",
     .title = "A parameter was given twice",
     .detail = "Send the parameter named in \"parameter\" once."},
    {.id = problem_id::parameter_invalid,
     .status = 400,
     .slug = "parameter-invalid",
     .title = "A parameter has a value that is not acceptable",
     .detail = "Correct the parameter named in \"parameter\"."},
    {.id = problem_id::parameter_not_applicable,
     .status = 400,
     .slug = "parameter-not-applicable",
     .title = "A parameter does not belong to this type",
     .detail = "Leave out the parameter named in \"parameter\", or change type."},
    {.id = credential_missing,
     .status = 401,
     .slug = "credential-missing",
     .title = "A download token is required",
     .detail = "Send the field Authorization: Bearer <token>; a token in the URL is not read.",
     .challenge = no_token},
    {.id = credential_malformed,
     .status = 401,
     .slug = "credential-malformed",
     .title = "The Authorization field is not a bearer token",
     .detail = "Send the field Authorization: Bearer <token>.",
     .challenge = bad_token},
    {.id = token_invalid,
     .status = 401,
     .slug = "token-invalid",
     .title = "The token is not valid",
     .detail = "Request a new token.",
     .challenge = bad_token},
    {.id = token_expired,
     .status = 401,
     .slug = "token-expired",
     .title = "The token has expired",
     .detail = "Request a new token; an interrupted download can be resumed with it.",
     .challenge = expired_token},
    {.id = token_not_yet_valid,
     .status = 401,
     .slug = "token-not-yet-valid",
     .title = "The token is not valid yet",
     .detail = "Try again later, or check the clock of the server that issued the token.",
     .challenge = early_token},
    {.id = token_revoked,
     .status = 401,
     .slug = "token-revoked",
     .title = "The token was revoked",
     .detail = "Whoever issued it has called it back. Request a new token.",
     .challenge = revoked_token},
    {.id = token_mismatch,
     .status = 403,
     .slug = "token-mismatch",
     .title = "The token is for another file",
     .detail = "Request a token for this file.",
     .challenge = R"(Bearer realm="sluice", error="insufficient_scope")"},
    {.id = not_entitled,
     .status = 403,
     .slug = "not-entitled",
     .title = "This user may not download this media",
     .detail = "user_id must be the owner of the media or be authorised for it."},
    {.id = issuer_closed,
     .status = 403,
     .slug = "issuer-closed",
     .title = "Tokens are not issued to this caller",
     .detail =
         "With issuer.mode \"auto\" and no credential configured, tokens are issued only to a "
         "loopback client that speaks to a loopback Host directly, without forwarding fields "
         "and without a foreign Origin. Call from the server itself, or set issuer.mode."},
    {.id = media_not_found,
     .status = 404,
     .slug = "media-not-found",
     .title = "There is no such file",
     .detail = "The media may have been moved or removed."},
    {.id = course_ambiguous,
     .status = 409,
     .slug = "course-ambiguous",
     .title = "More than one trainer has a course with this id",
     .detail = "The operator must give one of the courses another id."},
    {.id = media_unavailable,
     .status = 503,
     .slug = "media-unavailable",
     .title = "The media storage cannot be read at the moment",
     .detail = "Try again after the time in Retry-After.",
     .retry_after = 2},
    {.id = precondition_failed,
     .status = 412,
     .slug = "precondition-failed",
     .title = "The file is not the version that was asked for",
     .detail = "The file has changed; start the download again."},
    {.id = range_not_satisfiable,
     .status = 416,
     .slug = "range-not-satisfiable",
     .title = "The range lies outside the file",
     .detail = "Content-Range tells the size of the file."},
    {.id = store_unavailable,
     .status = 503,
     .slug = "store-unavailable",
     .title = "Grants or revocations cannot be read at the moment",
     .detail = "Try again after the time in Retry-After.",
     .retry_after = 2},
    {.id = draining,
     .status = 503,
     .slug = "draining",
     .title = "This node is shutting down",
     .detail = "Send traffic to another node.",
     .retry_after = 1},
    {.id = problem_id::internal,
     .status = 500,
     .slug = "internal",
     .title = "The server failed",
     .detail = "The cause is in the server's log under this request id."},
}};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].id) != i) {
            return false;
        }
    }
    return true;
}
static_assert(is_in_order(), "describe() indexes the table by id");

} // namespace

const problem_type& describe(problem_id id) noexcept {
    return table[static_cast<std::size_t>(id)];
}

problem_id problem_for(core::errc code) noexcept {
    using core::errc;
    switch (code) {
    case errc::parameter_missing:
        return problem_id::parameter_missing;
    case errc::parameter_repeated:
        return problem_id::parameter_repeated;
    case errc::parameter_invalid:
        return problem_id::parameter_invalid;
    case errc::parameter_not_applicable:
        return problem_id::parameter_not_applicable;
    case errc::path_invalid:
        return target_invalid;
    case errc::credential_missing:
        return credential_missing;
    case errc::credential_malformed:
        return credential_malformed;
    case errc::token_malformed:
    case errc::token_signature:
    case errc::token_algorithm:
    case errc::token_claims:
        return token_invalid; // one public answer: which check failed is for the log alone
    case errc::token_expired:
        return token_expired;
    case errc::token_not_yet_valid:
        return token_not_yet_valid;
    case errc::token_mismatch:
        return token_mismatch;
    case errc::token_revoked:
        return token_revoked;
    case errc::not_entitled:
        return not_entitled;
    case errc::issuer_closed:
        return issuer_closed;
    case errc::media_not_found:
        return media_not_found;
    case errc::course_ambiguous:
        return course_ambiguous;
    case errc::media_unavailable:
        return media_unavailable;
    case errc::store_unavailable:
        return store_unavailable;
    case errc::internal:
        break;
    }
    return problem_id::internal;
}

void append_problem_json(const problem_type& type, std::string_view subject,
                         std::string_view request_id, std::string& out) {
    out += R"({"type":"urn:sluice:problem:)";
    out += type.slug;
    out += R"(","title":)";
    core::append_json_quoted(type.title, out);
    out += R"(,"status":)";
    out += std::to_string(type.status);
    out += R"(,"detail":)";
    core::append_json_quoted(type.detail, out);
    if (!subject.empty()) {
        out += R"(,"parameter":)";
        core::append_json_quoted(subject, out);
    }
    out += R"(,"request_id":)";
    core::append_json_quoted(request_id, out);
    out += "}\n";
}

} // namespace sluice::http
