// The mappings around the table of http/problem/problem.hpp: the domain's failures to rows, and
// rows to JSON. The table itself is in http/problem/problem.cpp.
#include "core/json/json_object_writer.hpp"
#include "http/problem/problem.hpp"

namespace sluice::http {

using enum problem_id;

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
    case errc::query_invalid:
        return query_invalid;
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
        return token_invalid; // one public text: only the log names the failed check
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
    case errc::user_banned:
        return user_banned;
    case errc::issuer_closed:
        return issuer_closed;
    case errc::issuer_credential_missing:
        return issuer_credential_missing;
    case errc::issuer_credential_refused:
        return issuer_credential_refused;
    case errc::issuer_key_invalid:
        return issuer_key_invalid;
    case errc::issuer_not_permitted:
        return issuer_not_permitted;
    case errc::rate_exceeded:
        return rate_exceeded;
    case errc::session_invalid:
        return session_invalid;
    case errc::session_expired:
        return session_expired;
    case errc::session_mismatch:
        return session_mismatch;
    case errc::too_many_bad_credentials:
        return too_many_bad_credentials;
    case errc::media_not_found:
        return media_not_found;
    case errc::course_ambiguous:
        return course_ambiguous;
    case errc::media_unavailable:
        return media_unavailable;
    case errc::store_unavailable:
        return store_unavailable;
    case errc::session_keys_unavailable:
        return session_keys_unavailable;
    case errc::internal:
        break;
    }
    return problem_id::internal;
}

void append_problem_json(const problem_type& type, std::string_view subject,
                         std::string_view request_id, std::string& out) {
    constexpr std::size_t frame = 160; // the member names, the URN's prefix and the status
    const auto quoted = type.title.size() + type.detail.size() + subject.size() + request_id.size();
    out.reserve(out.size() + frame + type.slug.size() + core::json_quoted_bound(quoted) +
                core::json_object_writer::usual_size);
    core::json_object_writer object(out);
    object.json("type", {R"("urn:sluice:problem:)", type.slug, "\""});
    object.text("title", type.title);
    object.number("status", type.status);
    object.text("detail", type.detail);
    object.text_if_any("parameter", subject);
    object.text("request_id", request_id);
    object.end();
    out += '\n';
}

} // namespace sluice::http
