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
    ready_job(const core::media_store& store, std::shared_ptr<const void> keep, completion done,
              std::function<void(bool, reply&)> then)
        : store_(store), keep_(std::move(keep)), done_(std::move(done)), then_(std::move(then)) {}
    void run() override {
        done_.complete([is_readable = store_.is_readable(),
                        then = std::move(then_)](request&, reply& out) { then(is_readable, out); });
    }

  private:
    const core::media_store& store_;
    std::shared_ptr<const void> keep_; // the owner of store_
    completion done_;
    std::function<void(bool, reply&)> then_;
};

} // namespace

void health_handler::handle(request&, reply& out) const {
    send(out, "application/json", "{\"status\":\"ok\"}\n");
}

void ready_handler::handle(request&, reply& out) const {
    if (is_leaving_.load(std::memory_order_relaxed)) {
        out.refuse(problem_id::draining);
        return;
    }
    ask(0, out);
}

// A directory is listed on a thread of its device. A disk that hangs delays only this response.
void ready_handler::ask(std::size_t next, reply& out) const {
    for (const auto origins = media_.library.origins(); next < origins.size(); ++next) {
        const auto* const store = origins[next].store;
        if (store != nullptr && media_.devices != nullptr) {
            list(*store, next + 1, out);
            return;
        }
        if (store != nullptr ? !store->is_readable() : !media_.stores[next]->is_ready()) {
            out.refuse(problem_id::media_unavailable);
            return;
        }
    }
    if (revoked_ != nullptr && !revoked_->are_known()) {
        out.refuse(problem_id::store_unavailable);
    } else {
        send(out, "application/json", "{\"status\":\"ready\"}\n");
    }
}

void ready_handler::list(const core::media_store& store, std::size_t next, reply& out) const {
    const auto device = media_.devices->device_of(store.root_fd(), {});
    if (device->is_away()) {
        out.refuse(core::failure{core::errc::media_unavailable, storage_away});
        return;
    }
    device->opens().submit({.key = 2}, std::make_unique<ready_job>(
                                           store, media_.keep,
                                           out.suspend(problem_id::media_unavailable,
                                                       {.time = media_.open_timeout,
                                                        .if_late = problem_id::media_unavailable,
                                                        .cause = "storage_timeout"}),
                                           [this, next](bool is_readable, reply& later) {
                                               if (is_readable) {
                                                   ask(next, later);
                                               } else {
                                                   later.refuse(problem_id::media_unavailable);
                                               }
                                           }));
}

void metrics_handler::handle(request& in, reply& out) const {
    in.scratch.clear();
    append_metrics(all_, in.scratch);
    append_more_(in.scratch);
    send(out, "text/plain; version=0.0.4; charset=utf-8", in.scratch);
}

} // namespace sluice::http
