#include "app/service/media_set.hpp"

#include "app/log/joined.hpp"
#include "core/config/config_validate.hpp"

#include <exception>
#include <future>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace sluice::app {

namespace {

core::layout_template template_of(core::media_kind kind, const std::string& text) {
    std::string problem;
    auto parsed = core::layout_template::parse(kind, text, problem);
    if (!parsed) { // core::validate() has rejected invalid templates
        throw std::invalid_argument("media layout \"" + text + "\": " + problem);
    }
    return *std::move(parsed);
}

core::catalogue catalogue_of(core::media_store* store, const core::media_layout& layout) {
    if (store != nullptr) {
        return {*store, layout.course_directory()};
    }
    return {};
}

core::media_library library_of(const core::media_layout& layout, const core::catalogue& courses,
                               const core::media_store* store, core::miss_listener* misses) {
    if (store != nullptr) {
        return {layout, courses, *store, misses};
    }
    return {layout, courses};
}

std::string place_of(const core::config::media_section& media) {
    return media.origins.empty() ? "media.root: " + media.root
                                 : "media.origins: " + media.origins.front().endpoint;
}

/// The result of the thread that makes a media set: one, or the problem.
struct made_media {
    std::shared_ptr<const media_set> media;
    std::string problem;
};

} // namespace

core::media_layout layout_of(const core::config::media_section& media) {
    core::media_kind at{};
    std::string problem;
    auto layout = core::media_layout::combine(
        template_of(core::media_kind::lesson, media.layout_lesson),
        template_of(core::media_kind::course, media.layout_course),
        template_of(core::media_kind::module, media.layout_module), at, problem);
    if (!layout) { // core::validate() has rejected conflicting templates
        throw std::invalid_argument("media.layout." + std::string(name_of(at)) + " " + problem);
    }
    return *std::move(layout);
}

std::shared_ptr<const media_set> make_media_set(const core::config& settings, service_log& log,
                                                std::chrono::milliseconds patience,
                                                const std::function<bool()>& is_over) {
    constexpr std::chrono::milliseconds step{20};
    // The thread hands over a text, not its exception: both threads would free the exception.
    std::packaged_task<made_media()> work([settings, &log]() -> made_media {
        try {
            return {std::make_shared<const media_set>(settings, log), {}};
        } catch (const std::exception& fault) {
            return {nullptr, fault.what()};
        }
    });
    auto made = work.get_future();
    std::thread(std::move(work)).detach();
    const auto end = std::chrono::steady_clock::now() + patience;
    while (made.wait_for(step) != std::future_status::ready) {
        if (is_over()) {
            throw std::runtime_error("the service was asked to stop");
        }
        if (std::chrono::steady_clock::now() >= end) {
            throw std::runtime_error(place_of(settings.media) +
                                     " does not answer within storage.open_timeout");
        }
    }
    auto result = made.get();
    if (result.media == nullptr) {
        throw std::runtime_error(result.problem);
    }
    return std::move(result.media);
}

media_set::media_set(const core::config& settings, service_log& log)
    : log_(log), section_(settings.media), layout_(layout_of(section_)),
      store_(section_.origins.empty() ? std::make_unique<core::media_store>(section_.root)
                                      : nullptr),
      courses_(catalogue_of(store_.get(), layout_)),
      twins_(store_ ? std::make_unique<twin_log>(log, courses_) : nullptr),
      library_(library_of(layout_, courses_, store_.get(), twins_.get())) {
    const auto on_refresh = [this](const auto& found) { report(found); };
    if (store_) {
        watcher_.emplace(courses_, section_.rescan_interval, on_refresh, [this](int error) {
            log_.warning("catalogue_watch_degraded",
                         {{"cause", std::generic_category().message(error)},
                          {"effect", "changes are seen at media.rescan_interval"}});
        });
    } else {
        objects_.emplace(settings, layout_.course_directory(), courses_, log_, on_refresh);
    }
    for (const auto& remark : core::remarks(settings)) {
        log_.warning("layout_remark", {{"remark", remark}});
    }
}

bool media_set::fits(const core::config& settings) const {
    return settings.media == section_;
}

// Logs an ambiguity when it appears and when it is resolved, not at every refresh.
void media_set::report(const core::catalogue::report& found) {
    courses_held_.store(found.courses, std::memory_order_relaxed);
    trainers_held_.store(found.trainers, std::memory_order_relaxed);
    if (found.root_readable != was_readable_) {
        was_readable_ = found.root_readable;
        if (was_readable_) {
            log_.info("media_root_back", {{"root", store_->root()}});
        } else {
            log_.error("media_root_unreadable", {{"root", store_->root()},
                                                 {"effect", "downloads get 503 until it is back"}});
        }
    }
    if (found.root_replaced) {
        log_.info("media_root_replaced", {{"root", store_->root()}});
    }
    if (found.truncated) {
        log_.error("catalogue_truncated", {{"courses", std::to_string(found.courses)}});
    }
    if (found.ambiguous != ambiguous_) {
        ambiguous_ = found.ambiguous;
        if (ambiguous_.empty()) {
            log_.info("courses_unambiguous");
        } else {
            log_.error("courses_ambiguous",
                       {{"course_ids", joined(ambiguous_)},
                        {"effect", "requests for their presentations get 409"}});
        }
    }
}

} // namespace sluice::app
