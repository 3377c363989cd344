#include "http/handlers/download_handler.hpp"

#include "http/credential.hpp"
#include "http/handlers/file_response.hpp"
#include "http/handlers/open_file.hpp"

namespace sluice::http {

namespace {

constexpr std::size_t logged_jti_size = 64; // a foreign jti may be any text

core::download_request read_conditions(const request_head& head, std::string& ranges,
                                       std::string& matches, std::string& none_matches) {
    return {.is_get = head.method == bhttp::verb::get,
            .if_match = head.joined(bhttp::field::if_match, matches),
            .if_none_match = head.joined(bhttp::field::if_none_match, none_matches),
            .if_modified_since = head.value_of(bhttp::field::if_modified_since),
            .if_unmodified_since = head.value_of(bhttp::field::if_unmodified_since),
            .if_range = head.value_of(bhttp::field::if_range),
            .range = head.joined(bhttp::field::range, ranges)};
}

} // namespace

// The routes: /download2/<trainer>/<course>/<module>/<lesson>/<filename>,
// /download2/course/<course_id>/<filename>, /download2/module/<course_id>/<module_id>/<filename>.
core::result<core::media_id> download_handler::wanted(const request& in) const noexcept {
    const auto path = in.path.view();
    switch (kind_) {
    case core::media_kind::lesson:
        return core::media_id::lesson(path[1], path[2], path[3], path[4], path[5]);
    case core::media_kind::course:
        return core::media_id::course(path[2], path[3]);
    case core::media_kind::module:
        break;
    }
    return core::media_id::module(path[2], path[3], path[4]);
}

core::result<void> download_handler::authorise(const core::media_id& media, request& in,
                                               reply& out) const {
    const auto token = bearer_text(in.head.value_of(bhttp::field::authorization));
    if (!token) {
        return token.error();
    }
    in.claims.clear();
    const auto verdict = tokens_.authorise(*token, media, in.now, in.claims);
    if (!verdict && !is_token_text(*token)) { // a good token is; a bad one may wait for this
        return core::failure{core::errc::credential_malformed};
    }
    const bool is_ours = verdict || verdict.error().code == core::errc::token_mismatch ||
                         verdict.error().code == core::errc::token_expired;
    if (is_ours) {
        out.record().jti.assign(in.claims.jti, 0, logged_jti_size);
        out.record().user_id = in.claims.user_id;
    }
    return verdict ? check_revocation(in, out) : verdict;
}

core::result<void> download_handler::check_revocation(const request& in, reply& out) const {
    if (in.revoked == nullptr) {
        return has_store_ ? core::failure{core::errc::store_unavailable} : core::result<void>{};
    }
    const auto trace = in.revoked->trace(in.claims);
    if (in.revoked->kills(trace)) {
        return core::failure{core::errc::token_revoked};
    }
    out.record().trace = trace; // a revocation may come while the file is being sent
    return {};
}

void download_handler::handle(request& in, reply& out) const {
    const auto media = wanted(in);
    if (!media) {
        out.refuse(problem_id::target_invalid);
        return;
    }
    if (const auto authorised = authorise(*media, in, out); !authorised) {
        out.refuse(authorised.error());
        return;
    }
    const auto file = open_file(library_, *media, in.raw_path, in, out);
    if (!file) {
        out.refuse(file.error());
        return;
    }
    std::string ranges;
    std::string matches;
    std::string none_matches;
    const auto plan = core::plan_download(read_conditions(in.head, ranges, matches, none_matches),
                                          (*file)->media->version, in.now);
    send_file(plan, **file, out);
}

} // namespace sluice::http
