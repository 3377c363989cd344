#include "http/telemetry/trainer_counts.hpp"

#include "http/telemetry/exposition.hpp"

#include <cmath>
#include <new>

namespace sluice::http {

void trainer_batch::add(std::string_view trainer, std::uint64_t bytes) noexcept {
    const trainer_tally one{.downloads = 1, .bytes = bytes};
    is_empty_ = false;
    if (const auto found = all_.find(trainer); found != all_.end()) {
        found->second += one;
        return;
    }
    try {
        if (!trainer.empty() && all_.size() < most) {
            all_.emplace(trainer, one);
            return;
        }
    } catch (const std::bad_alloc&) { // counted among the others
    }
    others_ += one;
}

void trainer_batch::restart() noexcept {
    if (all_.size() >= most) {
        all_.clear(); // makes room for the trainers of today
    }
    for (auto& [name, tally] : all_) {
        tally = {};
    }
    others_ = {};
    is_empty_ = true;
}

void trainer_counts::take(trainer_batch& from) noexcept {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) {
        return;
    }
    others_ += from.others();
    for (const auto& [name, tally] : from.all()) {
        if (tally.downloads == 0) {
            continue;
        }
        try {
            add(name, tally);
        } catch (const std::bad_alloc&) {
            others_ += tally;
        }
    }
    from.restart();
}

void trainer_counts::add(const std::string& name, const trainer_tally& more) {
    auto found = known_.find(name);
    if (found == known_.end()) {
        if (known_.size() >= most_known) {
            others_ += more;
            return;
        }
        found = known_.try_emplace(name).first;
    }
    auto& one = found->second;
    if (!one.is_named && named_ < most_) {
        one.is_named = true;
        ++named_;
    }
    one.recent += static_cast<double>(more.bytes);
    (one.is_named ? one.total : others_) += more;
}

void trainer_counts::rank(time_point now) {
    constexpr std::chrono::minutes pause{1};
    constexpr std::chrono::duration<double> half_life = std::chrono::minutes(10);
    if (ranked_ == time_point{}) {
        ranked_ = now;
    }
    const std::chrono::duration<double> since = now - ranked_;
    if (since < pause) {
        return;
    }
    ranked_ = now;
    promote();
    const auto left = std::exp2(-(since / half_life));
    for (auto& [name, one] : known_) {
        one.recent *= left;
    }
    std::erase_if(known_, [](const auto& entry) {
        return !entry.second.is_named && entry.second.recent < 1;
    });
}

// A trainer needs half as much again to take a series, so that two of the same size do not
// alternate: each change ends one series and starts another.
void trainer_counts::promote() {
    constexpr double clearly = 1.5;
    for (std::size_t i = 0; i < most_; ++i) {
        auto least = known_.end();
        auto most = known_.end();
        for (auto at = known_.begin(); at != known_.end(); ++at) {
            auto& best = at->second.is_named ? least : most;
            const bool is_better = best == known_.end() ||
                                   (at->second.is_named ? at->second.recent < best->second.recent
                                                        : at->second.recent > best->second.recent);
            if (is_better) {
                best = at;
            }
        }
        if (least == known_.end() || most == known_.end() ||
            most->second.recent <= clearly * least->second.recent) {
            return;
        }
        least->second.is_named = false;
        most->second.is_named = true;
    }
}

void trainer_counts::append(time_point now, std::string& text) {
    const std::lock_guard lock(mutex_);
    rank(now);
    exposition out(text);
    const auto family = [&](std::string_view name, std::string_view help,
                            std::uint64_t trainer_tally::*which) {
        out.family(std::string("sluice_trainer_").append(name), "counter", help);
        for (const auto& [name_of_one, one] : known_) {
            if (one.is_named) {
                out.sample({{"trainer", name_of_one}}, one.total.*which);
            }
        }
        out.family(std::string("sluice_other_trainers_").append(name), "counter",
                   "The same of all trainers without a series.");
        out.sample({}, others_.*which);
    };
    family("downloads_total", "Downloads that have ended, by trainer.", &trainer_tally::downloads);
    family("delivered_bytes_total", "Bytes of bodies that clients have acknowledged, by trainer.",
           &trainer_tally::bytes);
}

} // namespace sluice::http
