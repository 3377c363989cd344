#include "http/objects/object_origin.hpp"

#include "core/download/http_date.hpp"
#include "core/objects/object_xml.hpp"

#include <algorithm>
#include <string>

namespace sluice::http {

namespace {

constexpr std::array<std::string_view, object_outcome_count> names{
    "done",   "missing", "changed", "forbidden", "credentials", "clock",
    "region", "bucket",  "busy",    "failed",    "unreachable"};

constexpr std::chrono::seconds between_lines{10}; // of the log, for one outcome
constexpr std::size_t max_request_id_bytes = 64;
constexpr std::size_t min_buffer = 4096;

struct meaning {
    std::string_view code;
    object_outcome what;
};
constexpr std::array meanings{
    meaning{"NoSuchBucket", object_outcome::bucket},
    meaning{"InvalidBucketName", object_outcome::bucket},
    meaning{"RequestTimeTooSkewed", object_outcome::clock},
    meaning{"InvalidAccessKeyId", object_outcome::credentials},
    meaning{"SignatureDoesNotMatch", object_outcome::credentials},
    meaning{"ExpiredToken", object_outcome::credentials},
    meaning{"InvalidToken", object_outcome::credentials},
    meaning{"TokenRefreshRequired", object_outcome::credentials},
    meaning{"AuthorizationHeaderMalformed", object_outcome::region},
    meaning{"PermanentRedirect", object_outcome::region},
    meaning{"TemporaryRedirect", object_outcome::region},
    meaning{"SlowDown", object_outcome::busy},
};

object_outcome meaning_of(unsigned status, std::string_view code) noexcept {
    const auto* const known = std::ranges::find(meanings, code, &meaning::code);
    if (known != meanings.end()) {
        return known->what;
    }
    switch (status) {
    case 200:
    case 206:
    case 304:
        return object_outcome::done;
    case 301:
    case 307:
        return object_outcome::region;
    case 401:
    case 403:
        return object_outcome::forbidden;
    case 404:
        return object_outcome::missing;
    case 412:
        return object_outcome::changed;
    case 429:
        return object_outcome::busy;
    default:
        return object_outcome::failed;
    }
}

bool is_expected(object_outcome what) noexcept {
    return what == object_outcome::done || what == object_outcome::missing ||
           what == object_outcome::changed;
}

std::string request_id_of(const call& head) {
    const auto text = head.field("x-amz-request-id").substr(0, max_request_id_bytes);
    const bool is_visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
    return is_visible ? std::string(text) : std::string();
}

} // namespace

std::string_view name_of(object_outcome what) noexcept {
    return names[static_cast<std::size_t>(what)];
}

bool is_worth_repeating(object_outcome what) noexcept {
    return what == object_outcome::busy || what == object_outcome::failed ||
           what == object_outcome::unreachable || what == object_outcome::clock;
}

object_origin::object_origin(settings with, std::shared_ptr<const channel_maker> secure,
                             const core::clock& time, problem_handler on_problem)
    : with_(std::move(with)), secure_(std::move(secure)), time_(time),
      on_problem_(std::move(on_problem)) {
    if (with_.is_bucket_in_host) {
        with_.endpoint.host = with_.bucket + "." + with_.endpoint.host;
    }
    host_ = with_.endpoint.authority();
}

void object_origin::use(std::shared_ptr<const core::object_credentials> by,
                        std::chrono::sys_seconds ends) noexcept {
    std::atomic_store(&by_, std::move(by));
    credentials_end_.store(ends.time_since_epoch().count(), std::memory_order_relaxed);
}

std::optional<outgoing> object_origin::sign(bhttp::verb method, std::string path,
                                            std::string query) const {
    const auto by = std::atomic_load(&by_);
    if (by == nullptr) {
        return std::nullopt;
    }
    const auto name = bhttp::to_string(method);
    outgoing what;
    what.to = with_.endpoint;
    what.method = method;
    what.limits = with_.limits;
    what.fields = core::sign_object_request({.method = {name.data(), name.size()},
                                             .host = host_,
                                             .path = path,
                                             .query = query,
                                             .region = with_.region,
                                             .time = time_.wall_seconds() + clock_offset()},
                                            *by);
    what.to.target = std::move(path);
    if (!query.empty()) {
        what.to.target += "?" + query;
    }
    return what;
}

std::optional<outgoing> object_origin::request(bhttp::verb method, std::string_view path) const {
    const std::string_view bucket = with_.is_bucket_in_host ? std::string_view{} : with_.bucket;
    return sign(method, core::object_path(bucket, with_.prefix + std::string(path)), {});
}

std::optional<outgoing>
object_origin::list_request(std::vector<std::pair<std::string, std::string>> parameters) const {
    const std::string_view bucket = with_.is_bucket_in_host ? std::string_view{} : with_.bucket;
    parameters.emplace_back("list-type", "2");
    parameters.emplace_back("encoding-type", "url");
    return sign(bhttp::verb::get, core::object_path(bucket, {}),
                core::object_query(std::move(parameters)));
}

object_outcome object_origin::judge(object_call asked, const call& head, std::string_view content) {
    times_[static_cast<std::size_t>(asked)].observe(head.waited());
    object_problem found{.status = head.status()};
    if (found.status >= 300 && found.status != 304) {
        found.code = core::read_object_error(content);
    }
    found.what = meaning_of(found.status, found.code);
    if (found.what == object_outcome::clock) {
        learn_clock(head.field("Date"));
    }
    found.request_id = request_id_of(head);
    set_away({});
    return count(std::move(found));
}

object_outcome object_origin::judge(const call_fault& why) {
    return count({.what = object_outcome::unreachable, .cause = why.cause});
}

// Each outcome that an operator has to know is told once in a while, not for each request.
object_outcome object_origin::count(object_problem found) {
    const auto index = static_cast<std::size_t>(found.what);
    outcomes_[index].fetch_add(1, std::memory_order_relaxed);
    last_.store(index, std::memory_order_relaxed);
    if (is_expected(found.what)) {
        return found.what;
    }
    const auto now = time_.steady();
    {
        const std::lock_guard guard(told_mutex_);
        trouble_ = object_trouble{found.what, found.code, now};
        auto& last = told_[index];
        if (last != decltype(now){} && now - last < between_lines) {
            return found.what;
        }
        last = now;
    }
    on_problem_(found);
    return found.what;
}

std::optional<object_outcome> object_origin::last_outcome() const noexcept {
    const auto index = last_.load(std::memory_order_relaxed);
    return index < object_outcome_count ? std::optional(static_cast<object_outcome>(index))
                                        : std::nullopt;
}

std::optional<object_trouble> object_origin::last_trouble() const {
    const std::lock_guard guard(told_mutex_);
    return trouble_;
}

void object_origin::learn_clock(std::string_view date) {
    const auto now = time_.wall_seconds();
    if (const auto theirs = core::parse_http_date(date, now)) {
        clock_offset_.store(*theirs - now.time_since_epoch().count(), std::memory_order_relaxed);
    }
}

std::size_t object_origin::take_buffer(std::size_t held) noexcept {
    const auto more = with_.buffer - held;
    if (more == 0) {
        return held;
    }
    if (buffered_.fetch_add(more, std::memory_order_relaxed) + more <= with_.total_buffer) {
        return with_.buffer;
    }
    const auto least = std::min(min_buffer, with_.buffer);
    const auto kept = std::max(held, least);
    buffered_.fetch_sub(with_.buffer - kept, std::memory_order_relaxed);
    return kept;
}

} // namespace sluice::http
