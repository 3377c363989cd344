#include "http/exchange/dispatch.hpp"

namespace sluice::http {

namespace {

// True for the routes of the operators. A balancer's rule may compare the path as it was sent.
constexpr bool is_of_operations(route_label label) noexcept {
    return label == route_label::metrics || label == route_label::health ||
           label == route_label::ready;
}

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

void answer_route(const site& where, const route& found, request& in, reply& out) {
    out.record().route = found.label;
    switch (in.head.method) {
    case bhttp::verb::options:
        answer_options(
            in, found.label == route_label::token ? where.cors.token_fields() : where.cors.fields(),
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
            answer_options(in, where.cors.fields(), out);
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
    const auto* const found = where.routes.find(in.path.view());
    // /%6Detrics is /metrics to this service, but not to a balancer that blocks /metrics from
    // outside (docs/security.md, threat 53): such a route has one accepted spelling.
    const bool is_disguised = found != nullptr && is_of_operations(found->label) &&
                              in.raw_path.find('%') != std::string_view::npos;
    if (found == nullptr || is_disguised) {
        out.refuse(problem_id::route_unknown);
    } else {
        answer_route(where, *found, in, out);
    }
}

} // namespace sluice::http
