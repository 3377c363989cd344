#include "app/service/media_set.hpp"

#include "app/log/joined.hpp"
#include "core/config/config_origins.hpp"
#include "core/config/config_validate.hpp"

#include <exception>
#include <future>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace sluice::app {

namespace {

std::string places_of(const core::config::media_section& media) {
    const auto all = core::all_origins(media);
    std::string text;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool is_directory = !all[i].root.empty();
        text += (i == 0 ? "" : ", or ") + core::origin_place(media, i) +
                (is_directory ? ".root: " + all[i].root : ": " + all[i].endpoint);
    }
    return text;
}

/// The result of the thread that makes a media set: one, or the problem.
struct made_media {
    std::shared_ptr<const media_set> media;
    std::string problem;
};

} // namespace

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
            throw std::runtime_error(places_of(settings.media) +
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
    : log_(log), section_(settings.media), origins_(open_origins(settings.media)),
      owners_(catalogues_of(origins_)),
      twins_(!roots().empty() ? std::make_unique<twin_log>(log, owners_) : nullptr),
      library_(described(origins_), owners_, twins_.get()) {
    for (auto& one : origins_) {
        follow(one, settings);
    }
    const auto end = std::chrono::steady_clock::now() + settings.storage.open_timeout;
    for (auto& one : object_media_) {
        one.await_list(end);
    }
    for (const auto& remark : core::remarks(settings)) {
        log_.warning("layout_remark", {{"remark", remark}});
    }
}

void media_set::follow(opened_origin& one, const core::config& settings) {
    const auto on_refresh = [this, &one](const auto& found) { report(one, found); };
    if (one.store == nullptr) {
        const auto& made = object_media_.emplace_back(
            object_media::settings{.origin = one.settings,
                                   .place = one.place,
                                   .patience = settings.storage.open_timeout,
                                   .interval = section_.rescan_interval,
                                   .course_directory = one.layout.course_directory()},
            one.courses, log_, on_refresh);
        stores_.push_back(made.origin());
        return;
    }
    stores_.emplace_back();
    watchers_.emplace_back(
        one.courses, section_.rescan_interval, on_refresh, [this, &one](int error) {
            log_.warning("catalogue_watch_degraded",
                         {{"root", one.store->root()},
                          {"cause", std::generic_category().message(error)},
                          {"effect", "changes are seen at media.rescan_interval"}});
        });
}

bool media_set::fits(const core::config& settings) const {
    return settings.media == section_;
}

std::vector<const http::object_origin*> media_set::object_stores() const {
    std::vector<const http::object_origin*> all;
    for (const auto& one : stores_) {
        if (one != nullptr) {
            all.push_back(one.get());
        }
    }
    return all;
}

std::vector<media_root> media_set::roots() const {
    std::vector<media_root> all;
    for (const auto& one : origins_) {
        if (one.store != nullptr) {
            all.push_back({one.settings.name, one.store->root_fd()});
        }
    }
    return all;
}

// Logs what has changed since the last report, not what each refresh finds.
void media_set::report(const opened_origin& from, const core::catalogue::report& found) {
    const std::lock_guard guard(report_mutex_);
    if (found.root_readable && unreadable_.erase(&from) > 0) {
        log_.info("media_root_back", {{"root", from.store->root()}});
    } else if (!found.root_readable && unreadable_.insert(&from).second) {
        log_.error("media_root_unreadable", {{"root", from.store->root()},
                                             {"effect", "downloads get 503 until it is back"}});
    }
    if (found.root_replaced) {
        log_.info("media_root_replaced", {{"root", from.store->root()}});
    }
    if (found.truncated) {
        log_.error("catalogue_truncated",
                   {{"origin", from.settings.name}, {"courses", std::to_string(found.courses)}});
    }
    report_courses(origins_.size() > 1 ? owners_.count()
                                       : core::course_owners::survey{found.trainers, found.courses,
                                                                     found.ambiguous});
}

void media_set::report_courses(const core::course_owners::survey& all) {
    courses_held_.store(all.courses, std::memory_order_relaxed);
    trainers_held_.store(all.trainers, std::memory_order_relaxed);
    if (all.ambiguous == ambiguous_) {
        return;
    }
    ambiguous_ = all.ambiguous;
    if (ambiguous_.empty()) {
        log_.info("courses_unambiguous");
    } else {
        log_.error("courses_ambiguous", {{"course_ids", joined(ambiguous_)},
                                         {"effect", "requests for their presentations get 409"}});
    }
}

} // namespace sluice::app
