#include "http/handlers/ops_handlers.hpp"

namespace sluice::http {

namespace {

void send(reply& out, std::string_view type, std::string_view content) {
    auto& response = out.begin(200);
    response.field("Cache-Control", "no-store");
    response.field("Vary", "Origin");
    response.finish_with(type, content);
}

} // namespace

void health_handler::handle(request&, reply& out) const {
    send(out, "application/json", "{\"status\":\"ok\"}\n");
}

void ready_handler::handle(request&, reply& out) const {
    if (is_leaving_.load(std::memory_order_relaxed)) {
        out.refuse(problem_id::draining);
    } else if (!library_.is_readable()) {
        out.refuse(problem_id::media_unavailable);
    } else if (revoked_ != nullptr && !revoked_->are_known()) {
        out.refuse(problem_id::store_unavailable);
    } else {
        send(out, "application/json", "{\"status\":\"ready\"}\n");
    }
}

void metrics_handler::handle(request& in, reply& out) const {
    in.scratch.clear();
    append_metrics(all_, in.scratch);
    append_more_(in.scratch);
    send(out, "text/plain; version=0.0.4; charset=utf-8", in.scratch);
}

} // namespace sluice::http
