#include "core/media/catalogue.hpp"

#include "core/media/catalogue_scan.hpp"
#include "core/text/canonical_form.hpp"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace sluice::core {

namespace {

/// Allows look-ups by string_view without building a string.
struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

using text_set = std::unordered_set<std::string, text_hash, std::equal_to<>>;

} // namespace

// Immutable once published. Its keys come from the disk, so a client cannot make them collide.
struct catalogue::index {
    struct owner {
        std::string trainer_id;
        std::vector<std::string> others; // other trainers with the course; normally empty
    };

    std::unordered_map<std::string, owner, text_hash, std::equal_to<>> owners; // by course_id
    std::vector<std::string> ambiguous;
    std::size_t trainers = 0;
    bool is_awaited = false; // until the first replace()

    void add(std::string_view trainer_id, std::string_view course_id) {
        const auto known = owners.find(course_id);
        if (known == owners.end()) {
            owners.emplace(course_id, owner{std::string(trainer_id), {}});
        } else {
            if (known->second.others.empty()) {
                ambiguous.emplace_back(course_id);
            }
            known->second.others.emplace_back(trainer_id);
        }
    }
};

catalogue::catalogue(media_store& store, std::vector<layout_segment> course_directory,
                     trainer_filter of)
    : store_(&store), of_(std::move(of)),
      scan_(std::make_unique<catalogue_scan>(std::move(course_directory), max_names)),
      index_(std::make_shared<const index>()) {}

catalogue::catalogue(trainer_filter of) : store_(nullptr), of_(std::move(of)) {
    auto none = std::make_shared<index>();
    none->is_awaited = true;
    index_ = std::move(none);
}

catalogue::~catalogue() = default;

result<std::string> catalogue::owner_of(std::string_view course_id) const {
    const auto current = std::atomic_load(&index_);
    const auto found = current->owners.find(course_id);
    if (found == current->owners.end()) {
        return current->is_awaited ? failure{errc::media_unavailable, "course_list_awaited"}
                                   : failure{errc::media_not_found, {}};
    }
    if (!found->second.others.empty()) {
        return failure{errc::course_ambiguous, {}};
    }
    return found->second.trainer_id;
}

bool catalogue::owns(std::string_view trainer_id, std::string_view course_id) const {
    const auto current = std::atomic_load(&index_);
    const auto found = current->owners.find(course_id);
    return found != current->owners.end() &&
           (found->second.trainer_id == trainer_id ||
            std::ranges::find(found->second.others, trainer_id) != found->second.others.end());
}

std::string catalogue::twin_of(std::string_view course_id) const {
    const auto current = std::atomic_load(&index_);
    const auto found = std::ranges::find_if(current->owners, [course_id](const auto& one) {
        return differ_by_form_alone(course_id, one.first);
    });
    return found == current->owners.end() ? std::string{} : found->first;
}

void catalogue::visit(const std::function<void(std::string_view trainer_id,
                                               std::string_view course_id)>& each) const {
    const auto current = std::atomic_load(&index_);
    for (const auto& [course_id, owner] : current->owners) {
        each(owner.trainer_id, course_id);
        for (const auto& other : owner.others) {
            each(other, course_id);
        }
    }
}

catalogue::report catalogue::replace(const std::vector<ownership>& all) {
    auto fresh = std::make_shared<index>();
    text_set trainers;
    for (const auto& one : all) {
        if (of_.admits(one.trainer_id)) {
            fresh->add(one.trainer_id, one.course_id);
            trainers.insert(one.trainer_id);
        }
    }
    fresh->trainers = trainers.size();
    std::ranges::sort(fresh->ambiguous);
    report outcome{.trainers = fresh->trainers,
                   .courses = fresh->owners.size(),
                   .ambiguous = fresh->ambiguous};
    std::atomic_store(&index_, std::shared_ptr<const index>(std::move(fresh)));
    return outcome;
}

catalogue::report catalogue::refresh(std::chrono::steady_clock::time_point now) {
    const std::lock_guard lock(refresh_mutex_);
    report outcome;
    outcome.root_replaced = store_->renew_root() == media_store::root_state::replaced;
    outcome.root_readable = store_->is_readable();
    if (outcome.root_readable) {
        auto fresh = std::make_shared<index>();
        text_set trainers;
        const auto totals = scan_->update(
            store_->root_fd(), now, [&](std::string_view trainer_id, std::string_view course_id) {
                if (!of_.admits(trainer_id)) {
                    return;
                }
                fresh->add(trainer_id, course_id);
                if (!trainers.contains(trainer_id)) {
                    trainers.emplace(trainer_id);
                }
            });
        fresh->trainers = trainers.size();
        std::ranges::sort(fresh->ambiguous);
        outcome.directories_read = totals.directories_read;
        outcome.directories_unreadable = totals.directories_unreadable;
        outcome.truncated = totals.truncated;
        std::atomic_store(&index_, std::shared_ptr<const index>(std::move(fresh)));
    }
    const auto current = std::atomic_load(&index_);
    outcome.trainers = current->trainers;
    outcome.courses = current->owners.size();
    outcome.ambiguous = current->ambiguous;
    return outcome;
}

std::vector<std::string> catalogue::watched_directories() const {
    const std::lock_guard lock(refresh_mutex_);
    return scan_->directories();
}

} // namespace sluice::core
