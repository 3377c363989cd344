#include "app/objects/credentials_feed.hpp"

#include "core/text/timestamp.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace sluice::app {

namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr seconds longest_retry = 15s;
constexpr std::size_t max_causes = 16; // that are told before a fetch succeeds

} // namespace

credentials_feed::credentials_feed(container_agent from, std::shared_ptr<http::object_origin> to,
                                   service_log& log)
    : from_(std::move(from)), to_(std::move(to)), log_(log), thread_([this] { run(); }) {}

credentials_feed::~credentials_feed() {
    {
        const std::lock_guard lock(mutex_);
        is_over_.store(true);
    }
    stopped_.notify_all();
    thread_.join();
}

void credentials_feed::run() noexcept {
    while (!is_over_.load()) {
        auto next = longest_retry; // when there is no memory
        try {
            next = fetch();
        } catch (const std::exception& fault) {
            log_.error("object_credentials_failing",
                       {{"origin", to_->with().name},
                        {"cause", fault.what()},
                        {"effect", "the agent is asked again in 15 s"}});
        }
        has_tried_.store(true);
        pause(next);
    }
}

seconds credentials_feed::fetch() {
    auto got = ask_container_agent(from_, to_->time(), [this] { return is_over_.load(); });
    if (is_over_.load()) {
        return 0s;
    }
    if (got.by == nullptr) {
        retry_ = std::clamp<seconds>(retry_ * 2, 1s, longest_retry);
        tell(got.fault);
        return retry_;
    }
    retry_ = 0s;
    take(got);
    return core::time_to_renew(ends_ - to_->time().wall_seconds());
}

void credentials_feed::take(agent_answer& got) {
    const bool is_first = ends_ == std::chrono::sys_seconds{};
    const bool is_new = ends_ != got.ends || !told_.empty();
    ends_ = got.ends;
    to_->use(std::move(got.by), got.ends);
    told_.clear();
    if (is_new) { // an agent may give the same ones again
        log_.info(is_first ? "object_credentials_fetched" : "object_credentials_renewed",
                  {{"origin", to_->with().name},
                   {"from", from_.place},
                   {"expires", core::format_timestamp(ends_.time_since_epoch().count())}});
    }
}

void credentials_feed::tell(const std::string& cause) {
    if (told_.size() >= max_causes || !told_.insert(cause).second) {
        return;
    }
    log_.error("object_credentials_failing",
               {{"origin", to_->with().name},
                {"cause", cause},
                {"effect", ends_ == std::chrono::sys_seconds{}
                               ? "there are no credentials, and media are answered with 503"
                               : "the previous credentials stay in use"}});
}

void credentials_feed::pause(seconds time) {
    const auto due = to_->time().steady() + time;
    const auto due_by_the_wall = to_->time().wall_seconds() + time;
    std::unique_lock lock(mutex_);
    while (!is_over_.load() && to_->time().steady() < due &&
           to_->time().wall_seconds() < due_by_the_wall) {
        stopped_.wait_for(lock, std::min<seconds>(time, 1s), [this] { return is_over_.load(); });
    }
}

} // namespace sluice::app
