#include "app/log/twin_log.hpp"

#include "core/media/name_twin.hpp"
#include "core/text/canonical_form.hpp"
#include "core/text/percent.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <utility>

namespace sluice::app {

namespace {

constexpr std::size_t most_waiting = 8;
constexpr std::chrono::seconds pause{1};

} // namespace

twin_log::twin_log(service_log& log, const core::course_owners& courses)
    : log_(log), courses_(courses), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void twin_log::missed(std::string_view course_id, const std::string& root,
                      const std::string& path) noexcept {
    if (core::is_ascii(path) && core::is_ascii(course_id)) {
        return;
    }
    try {
        const std::unique_lock lock(mutex_, std::try_to_lock);
        if (lock && queue_.size() < most_waiting) {
            queue_.push_back({std::string(course_id), root, path});
            wake_.notify_one();
        }
    } catch (const std::exception&) { // no memory: the explanation is left out
    }
}

void twin_log::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (wake_.wait(lock, stop, [this] { return !queue_.empty(); })) {
        const auto next = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        try {
            explain(next);
        } catch (const std::exception&) {
        }
        lock.lock();
        wake_.wait_for(lock, stop, pause, [] { return false; });
    }
}

void twin_log::explain(const miss& one) {
    const auto& asked = one.path.empty() ? one.course_id : one.path;
    const auto twin = one.path.empty() ? courses_.twin_of(one.course_id)
                                       : core::find_name_twin(one.root, one.path).value_or("");
    if (!twin.empty()) {
        log_.warning("name_in_another_form",
                     {{"asked", core::percent_encoded_path(asked)},
                      {"there", core::percent_encoded_path(twin)},
                      {"effect", "404: names are compared byte by byte; rename one to NFC"}});
    }
}

} // namespace sluice::app
