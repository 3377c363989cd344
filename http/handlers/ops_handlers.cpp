#include "http/handlers/ops_handlers.hpp"

namespace sluice::http {

namespace {

void send(reply& out, std::string_view type, std::string_view content) {
    auto& response = out.begin(200);
    response.field("Cache-Control", "no-store");
    response.field("Vary", "Origin");
    response.finish_with(type, content);
}

class ready_job final : public storage_job {
  public:
    ready_job(media_access media, completion done, std::function<void(bool, reply&)> then)
        : media_(std::move(media)), done_(std::move(done)), then_(std::move(then)) {}
    void run() override {
        done_.complete([is_readable = media_.library.is_readable(),
                        then = std::move(then_)](request&, reply& out) { then(is_readable, out); });
    }

  private:
    media_access media_;
    completion done_;
    std::function<void(bool, reply&)> then_;
};

} // namespace

void health_handler::handle(request&, reply& out) const {
    send(out, "application/json", "{\"status\":\"ok\"}\n");
}

// The media root is listed on a thread of its device. A disk that hangs delays only this response.
void ready_handler::handle(request&, reply& out) const {
    if (is_leaving_.load(std::memory_order_relaxed)) {
        out.refuse(problem_id::draining);
        return;
    }
    if (media_.objects != nullptr) {
        answer(media_.objects->is_ready(), out);
        return;
    }
    if (media_.devices == nullptr) {
        answer(media_.library.is_readable(), out);
        return;
    }
    const auto device = media_.devices->device_of(media_.library.store().root_fd(), {});
    if (device->is_away()) {
        out.refuse(core::failure{core::errc::media_unavailable, storage_away});
        return;
    }
    device->opens().submit(
        {.key = 2},
        std::make_unique<ready_job>(
            media_,
            out.suspend(problem_id::media_unavailable, {.time = media_.open_timeout,
                                                        .if_late = problem_id::media_unavailable,
                                                        .cause = "storage_timeout"}),
            [this](bool is_readable, reply& later) { answer(is_readable, later); }));
}

void ready_handler::answer(bool is_readable, reply& out) const {
    if (!is_readable) {
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
