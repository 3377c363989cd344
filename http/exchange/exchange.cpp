#include "http/exchange/exchange.hpp"

namespace sluice::http {

void exchange_record::restart(std::chrono::steady_clock::time_point now,
                              core::access_fields wanted) noexcept {
    route = route_label::none;
    method = problem = cause = {};
    jti.clear();
    user_id.clear();
    client.clear();
    note.restart(wanted);
    slice = {};
    slices = 0;
    is_after_expiry = false;
    trace = {};
    started = first_byte = now;
}

response& reply::begin(unsigned status) {
    out_.begin(frame_, status);
    return out_;
}

response& reply::begin_problem(problem_id why, std::string_view subject) {
    const auto& type = describe(why);
    frame_.keep_alive = frame_.keep_alive && !type.closes;
    record_.problem = type.slug;
    count_.refusals[static_cast<std::size_t>(why)].add();
    auto& out = begin(type.status);
    out.field("Cache-Control", "no-store");
    out.field("Vary", "Origin");
    if (!type.challenge.empty()) {
        out.field("WWW-Authenticate", type.challenge);
    }
    if (type.retry_after != 0) {
        out.field("Retry-After", type.retry_after);
    }
    content_.clear();
    append_problem_json(type, subject, frame_.request_id, content_);
    return out;
}

void reply::finish_problem() {
    out_.finish_with("application/problem+json", content_);
}

void reply::refuse(problem_id why, std::string_view subject) {
    begin_problem(why, subject);
    finish_problem();
}

void reply::refuse(core::failure why) {
    const bool is_node = why.code == core::errc::media_unavailable && !why.subject.empty();
    record_.cause = is_node ? why.subject : core::name_of(why.code);
    const auto id = problem_for(why.code);
    // Only the log names the claim that a token failed on: clients get the same response for all
    // bad tokens.
    refuse(id, describe(id).status == 400 ? why.subject : std::string_view{});
}

} // namespace sluice::http
