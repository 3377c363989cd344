#include "app/application.hpp"

#include "app/token_policy.hpp"
#include "core/host_port.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace sluice::app {

namespace {

core::layout_template template_of(core::media_kind kind, const std::string& text) {
    std::string problem;
    auto parsed = core::layout_template::parse(kind, text, problem);
    if (!parsed) { // core::validate() has seen to it
        throw std::invalid_argument("media layout \"" + text + "\": " + problem);
    }
    return *std::move(parsed);
}

core::media_layout layout_of(const core::config& settings) {
    return {.lesson = template_of(core::media_kind::lesson, settings.media.layout_lesson),
            .course = template_of(core::media_kind::course, settings.media.layout_course),
            .module = template_of(core::media_kind::module, settings.media.layout_module)};
}

// Where the trainers' course directories are: the first template that shows them.
std::vector<std::string> course_directory_of(const core::media_layout& layout) {
    for (const auto* one : {&layout.course, &layout.module, &layout.lesson}) {
        if (auto found = one->course_directory(); !found.empty()) {
            return found;
        }
    }
    return {};
}

http::session_limits limits_of(const core::config& settings) {
    const auto& limits = settings.limits;
    return {.header = {.header_bytes = limits.header_bytes,
                       .header_fields = limits.header_fields,
                       .target_bytes = limits.target_bytes},
            .header_timeout = limits.header_timeout,
            .idle_timeout = limits.idle_timeout,
            .transfer = {.stall = limits.stall_timeout,
                         .min_bytes_per_second = limits.min_rate,
                         .grace = limits.min_rate_grace},
            .requests_per_connection = limits.requests_per_connection,
            .cache = {.files = settings.cache.files,
                      .lifetime = std::chrono::milliseconds(settings.cache.lifetime_ms)}};
}

unsigned threads_of(const core::config& settings) {
    return settings.threads != 0 ? settings.threads
                                 : std::max(1U, std::thread::hardware_concurrency());
}

http::tcp::endpoint endpoint_of(const std::string& listen) {
    const auto parsed = core::parse_host_port(listen);
    if (!parsed) { // core::validate() has seen to it
        throw std::invalid_argument("not an address to listen on: " + listen);
    }
    return {http::net::ip::make_address(parsed->address), parsed->port};
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const auto& name : names) {
        all.append(all.empty() ? "" : ", ").append(name);
    }
    return all;
}

std::string text_of(const http::tcp::endpoint& endpoint) {
    std::ostringstream text;
    text << endpoint;
    return text.str();
}

} // namespace

application::front::front(const core::config& settings, std::vector<http::route> table,
                          application& owner, const std::string& listen, unsigned threads,
                          http::log_sink* sink)
    : routes(table), where{.routes = routes,
                           .cors = owner.cors_,
                           .clock = owner.clock_,
                           .limits = limits_of(settings),
                           .is_draining = owner.is_draining_} {
    std::vector<http::worker*> all;
    for (unsigned i = 0; i < threads; ++i) {
        all.push_back(workers.emplace_back(std::make_unique<http::worker>(where, sink)).get());
        owner.counters_.push_back(&all.back()->count());
    }
    listener.emplace(http::listener::settings{.endpoint = endpoint_of(listen),
                                              .connections = settings.limits.connections},
                     all, [&owner](http::error_code why) { owner.report_accept_failure(why); });
}

application::application(const core::config& settings, core::loaded_keys keys, service_log& log)
    : log_(log), keys_(std::move(keys)), tokens_(keys_.ring, policy_of(settings)),
      layout_(layout_of(settings)), store_(settings.media.root),
      courses_(store_, course_directory_of(layout_)),
      watcher_(
          courses_, settings.media.rescan_interval,
          [this](const auto& found) { report_catalogue(found); },
          [this](int error) {
              log_.warning("catalogue_watch_degraded",
                           {{"cause", std::generic_category().message(error)},
                            {"effect", "changes are seen at media.rescan_interval"}});
          }),
      library_(layout_, courses_, store_), gate_(settings.issuer.mode), owners_(courses_),
      cors_(settings.cors.allowed_origins),
      handlers_{
          .token = {{.gate = gate_,
                     .entitlement = owners_,
                     .library = library_,
                     .tokens = tokens_,
                     .cors = cors_},
                    settings.public_base_url},
          .lesson = {core::media_kind::lesson, tokens_, library_},
          .course = {core::media_kind::course, tokens_, library_},
          .module = {core::media_kind::module, tokens_, library_},
          .health = {},
          .ready = {is_draining_, library_},
          .metrics = http::metrics_handler(counters_),
      } {
    if (settings.log.access != "off") {
        access_log_.emplace(settings.log.access, [this](int error) {
            log_.error("access_log_failed", {{"cause", std::generic_category().message(error)}});
        });
    }
    const bool has_own_metrics = !settings.metrics.listen.empty();
    fronts_.push_back(std::make_unique<front>(settings, main_routes(handlers_, !has_own_metrics),
                                              *this, settings.listen, threads_of(settings),
                                              access_log_ ? &*access_log_ : nullptr));
    if (has_own_metrics) {
        fronts_.push_back(std::make_unique<front>(settings, metrics_routes(handlers_), *this,
                                                  settings.metrics.listen, 1U, nullptr));
    }
}

application::~application() {
    stop();
}

void application::start() {
    for (auto& one : fronts_) {
        for (auto& worker : one->workers) {
            threads_.emplace_back([&worker] { worker->run(); });
        }
        one->listener->start();
        log_.info("listening", {{"address", text_of(one->listener->endpoint())},
                                {"threads", std::to_string(one->workers.size())}});
    }
}

void application::begin_drain() {
    is_draining_.store(true, std::memory_order_relaxed);
    for (auto& one : fronts_) {
        one->listener->stop();
    }
}

std::uint64_t application::active_requests() const noexcept {
    std::uint64_t active = 0;
    for (const auto* one : counters_) {
        active += one->requests_active.value();
    }
    return active;
}

void application::stop() {
    for (auto& one : fronts_) {
        for (auto& worker : one->workers) {
            worker->stop();
        }
    }
    for (auto& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

// An ambiguity is said when it appears, and when it is mended, not at every refresh.
void application::report_catalogue(const core::catalogue::report& found) {
    if (!found.root_readable) {
        log_.error("media_root_unreadable", {{"root", store_.root()}});
    }
    if (found.truncated) {
        log_.error("catalogue_truncated", {{"courses", std::to_string(found.courses)}});
    }
    if (found.ambiguous != ambiguous_) {
        ambiguous_ = found.ambiguous;
        if (ambiguous_.empty()) {
            log_.info("courses_unambiguous");
        } else {
            log_.error("courses_ambiguous", {{"course_ids", joined(ambiguous_)},
                                             {"effect", "their presentations are answered 409"}});
        }
    }
}

void application::report_accept_failure(http::error_code why) {
    if (why) {
        log_.error("accept_failing", {{"cause", why.message()}});
    } else {
        log_.info("accept_recovered");
    }
}

} // namespace sluice::app
