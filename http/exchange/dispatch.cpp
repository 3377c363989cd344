#include "http/exchange/dispatch.hpp"

namespace sluice::http {

namespace {

constexpr std::string_view preflight_fields =
    "Authorization, Range, If-Range, If-Match, If-None-Match";

// Of the token endpoint: what a download takes is named everywhere, and there a key as well.
constexpr std::string_view issuer_fields =
    "Authorization, Range, If-Range, If-Match, If-None-Match, X-Api-Key";

void answer_options(const request& in, std::string_view fields, reply& out) {
    auto& response = out.begin(204);
    response.field("Allow", allowed_methods);
    response.field("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    const bool is_preflight =
        in.head.value_of(bhttp::field::access_control_request_method).has_value();
    if (is_preflight && !out.frame().allow_origin.empty()) {
        response.field("Access-Control-Allow-Methods", allowed_methods);
        response.field("Access-Control-Allow-Headers", fields);
        response.field("Access-Control-Max-Age", 600);
    }
    response.finish_empty();
}

void refuse_method(reply& out) {
    out.begin_problem(problem_id::method_not_allowed).field("Allow", allowed_methods);
    out.finish_problem();
}

void answer_route(const route& found, request& in, reply& out) {
    out.record().route = found.label;
    switch (in.head.method) {
    case bhttp::verb::options:
        answer_options(in, found.label == route_label::token ? issuer_fields : preflight_fields,
                       out);
        return;
    case bhttp::verb::get:
    case bhttp::verb::head:
        break;
    default:
        refuse_method(out);
        return;
    }
    if (in.head.has_content) {
        out.refuse(problem_id::content_refused);
        return;
    }
    found.answer->handle(in, out);
}

} // namespace

void dispatch(const site& where, request& in, reply& out) {
    const auto target = split_target(in.head.target);
    if (!target) {
        out.refuse(problem_id::target_invalid);
        return;
    }
    if (target->path == "*") { // RFC 9112 §3.2.4: for OPTIONS only
        if (in.head.method == bhttp::verb::options) {
            answer_options(in, preflight_fields, out);
        } else {
            out.refuse(problem_id::target_invalid);
        }
        return;
    }
    if (target->authority) { // RFC 9112 §3.2.2: overrides Host
        in.head.host = *target->authority;
    }
    in.raw_path = target->path;
    in.query = target->query;
    if (!in.path.parse(target->path)) {
        out.refuse(problem_id::target_invalid);
        return;
    }
    if (const auto* found = where.routes.find(in.path.view())) {
        answer_route(*found, in, out);
    } else {
        out.refuse(problem_id::route_unknown);
    }
}

} // namespace sluice::http
