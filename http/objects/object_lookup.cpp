#include "http/objects/object_lookup.hpp"

#include "core/objects/object_version.hpp"
#include "http/objects/object_desk.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::http {

namespace {

constexpr std::size_t max_error_bytes = 16384;
constexpr std::chrono::seconds between_probes{1}; // of a store that is away

using core::errc;
using core::failure;

} // namespace

std::string_view object_cause(object_outcome why) noexcept {
    constexpr std::array<std::string_view, object_outcome_count> causes{"",
                                                                        "object_missing",
                                                                        "object_changed",
                                                                        "object_forbidden",
                                                                        "object_credentials",
                                                                        "object_clock",
                                                                        "object_region",
                                                                        "object_bucket",
                                                                        "object_store_busy",
                                                                        "object_store_fault",
                                                                        "storage_away"};
    return causes[static_cast<std::size_t>(why)];
}

std::chrono::milliseconds object_pause(unsigned tries) noexcept {
    constexpr std::chrono::milliseconds first{50};
    constexpr unsigned doublings = 4; // 800 ms
    return first * (1U << std::min(tries - 1, doublings));
}

object_lookup::object_lookup(object_desk& desk, std::shared_ptr<object_origin> origin,
                             std::string path)
    : desk_(desk), origin_(std::move(origin)), path_(std::move(path)), pause_(desk.context()) {}

void object_lookup::start(std::function<void()> end) {
    end_ = std::move(end);
    const auto now = std::chrono::steady_clock::now();
    if (origin_->is_away(now)) {
        finish_later({errc::media_unavailable, "storage_away"});
        return;
    }
    deadline_ = now + origin_->with().patience;
    ask();
}

void object_lookup::ask() {
    ++tries_;
    auto what = origin_->request(bhttp::verb::head, path_);
    if (!what) {
        repeat(object_outcome::credentials);
        return;
    }
    head_ = desk_.client_of(*origin_).start(*std::move(what), [this](call_result<void> got) {
        if (!got) {
            repeat(origin_->judge(got.error()));
        } else {
            take(*head_);
        }
    });
}

void object_lookup::take(const call& head) {
    const auto status = head.status();
    if (status == 200) {
        origin_->judge(object_call::head, head, {});
        const auto version =
            core::describe_object(head.content_length().value_or(0), head.field("ETag"),
                                  head.field("Last-Modified"), origin_->time().wall_seconds());
        finish(version && head.content_length()
                   ? found(*version)
                   : found(failure{errc::media_unavailable, "object_without_tag"}));
    } else if (status == 404 || (status == 403 && origin_->with().hides_missing)) {
        origin_->judge(object_call::head, head, {});
        finish(failure{errc::media_not_found, {}});
    } else if (status >= 500 || status == 429) {
        repeat(origin_->judge(object_call::head, head, {}));
    } else {
        ask_for_cause();
    }
}

void object_lookup::ask_for_cause() {
    auto what = origin_->request(bhttp::verb::get, path_);
    if (!what) {
        repeat(object_outcome::credentials);
        return;
    }
    what->fields.emplace_back("Range", "bytes=0-0");
    cause_.emplace(desk_.client_of(*origin_), *std::move(what),
                   whole_call::bounds{.bytes = max_error_bytes, .time = origin_->with().patience},
                   [this](call_result<std::string> got) {
                       const auto why = got ? origin_->judge(object_call::get, cause_->head(), *got)
                                            : origin_->judge(got.error());
                       // What HEAD refused and GET did not has changed meanwhile: ask again.
                       repeat(why == object_outcome::done ? object_outcome::failed : why);
                   });
}

void object_lookup::repeat(object_outcome why) {
    if (why == object_outcome::missing) {
        finish(failure{errc::media_not_found, {}});
        return;
    }
    if (!is_worth_repeating(why)) {
        finish_later({errc::media_unavailable, object_cause(why)});
        return;
    }
    const auto pause = object_pause(tries_);
    if (std::chrono::steady_clock::now() + pause >= deadline_) {
        if (why == object_outcome::unreachable) {
            origin_->set_away(std::chrono::steady_clock::now() + between_probes);
        }
        finish(failure{errc::media_unavailable, object_cause(why)});
        return;
    }
    pause_.expires_after(pause);
    pause_.async_wait([life = std::weak_ptr<const bool>(life_), this](error_code ec) {
        if (!ec && !life.expired()) {
            ask();
        }
    });
}

// finish() destroys this object, which its caller may not expect.
void object_lookup::finish_later(failure why) {
    net::post(desk_.context(), [life = std::weak_ptr<const bool>(life_), this, why] {
        if (!life.expired()) {
            finish(why);
        }
    });
}

// The handlers may ask for other objects: this lookup is gone by then.
void object_lookup::finish(found result) {
    const auto waiting = std::move(waiting_);
    const auto end = std::move(end_);
    end();
    for (const auto& one : waiting) {
        one(result);
    }
}

} // namespace sluice::http
