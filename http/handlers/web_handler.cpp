#include "http/handlers/web_handler.hpp"

#include "core/download/download_plan.hpp"
#include "core/download/preconditions.hpp"
#include "core/text/ascii_case.hpp"

#include <algorithm>
#include <optional>

namespace sluice::http {

namespace {

// RFC 9110 §12.4.2: "q=0" with up to three zeros after the point means "not acceptable".
bool is_refused(std::string_view parameters) {
    const auto q = parameters.find("q=0");
    return q != std::string_view::npos &&
           parameters.find_first_not_of("0.", q + 3) == std::string_view::npos;
}

// True when a gzip body may be sent. Only a coding that is named counts: a client that sends "*"
// alone is not a browser, and the plain body is valid for it too.
bool accepts_gzip(std::optional<std::string_view> field) {
    for (auto rest = field.value_or(""); !rest.empty();) {
        const auto comma = std::min(rest.find(','), rest.size());
        auto member = rest.substr(0, comma);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        member.remove_prefix(std::min(member.find_first_not_of(" \t"), member.size()));
        const auto end = std::min(member.find_first_of("; \t"), member.size());
        if (core::iequals(member.substr(0, end), "gzip")) {
            return !is_refused(member.substr(end));
        }
    }
    return false;
}

} // namespace

std::string page_security_policy(std::string_view public_base_url) {
    std::string policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                         "font-src 'self'; manifest-src 'self'; worker-src 'self'; "
                         "media-src 'self' blob:; "
                         "frame-src 'self'; base-uri 'none'; form-action 'none'; "
                         "frame-ancestors 'none'; connect-src 'self'";
    const auto authority = public_base_url.find("://");
    if (authority != std::string_view::npos) {
        policy.append(" ").append(public_base_url, 0, public_base_url.find('/', authority + 3));
    }
    return policy;
}

void web_handler::add_fields(std::string_view etag, response& out) const {
    out.field("ETag", etag);
    out.field("Cache-Control",
              file_.is_hashed ? "public, max-age=31536000, immutable" : "no-cache");
    out.field("Vary", "Accept-Encoding, Origin");
    out.field("Content-Security-Policy", policy_);
    out.field("Cross-Origin-Opener-Policy", "same-origin");
    out.field("Cross-Origin-Resource-Policy", "same-origin");
    out.field("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    out.field("Referrer-Policy", "no-referrer");
}

void web_handler::handle(request& in, reply& out) const {
    const bool is_compressed =
        !file_.gzip.empty() &&
        accepts_gzip(in.head.joined(bhttp::field::accept_encoding, in.scratch));
    core::representation version;
    version.etag = file_.etag;
    if (is_compressed) { // RFC 9110 §8.8.3.3: each coding is a separate representation
        version.etag.insert(version.etag.size() - 1, "-gz");
    }
    std::string matches;
    std::string none_matches;
    const core::download_request conditions{
        .if_match = in.head.joined(bhttp::field::if_match, matches),
        .if_none_match = in.head.joined(bhttp::field::if_none_match, none_matches)};
    switch (core::evaluate_preconditions(conditions, version, in.now)) {
    case core::precondition_verdict::failed:
        out.refuse(problem_id::precondition_failed);
        return;
    case core::precondition_verdict::not_modified: {
        auto& response = out.begin(304);
        add_fields(version.etag, response);
        response.finish_empty();
        return;
    }
    case core::precondition_verdict::proceed:
        break;
    }
    auto& response = out.begin(200);
    add_fields(version.etag, response);
    if (is_compressed) {
        response.field("Content-Encoding", "gzip");
    }
    response.finish_with(file_.type, is_compressed ? file_.gzip : file_.content);
}

} // namespace sluice::http
