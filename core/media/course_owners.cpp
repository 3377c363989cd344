#include "core/media/course_owners.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sluice::core {

result<std::string> course_owners::owner_of(std::string_view course_id) const {
    result<std::string> answer = failure{errc::media_not_found, {}};
    for (const auto* const one : of_) {
        auto found = one->owner_of(course_id);
        if (found ? answer && *answer != *found : found.error().code == errc::course_ambiguous) {
            return failure{errc::course_ambiguous, {}};
        }
        if (found || (!answer && found.error().code == errc::media_unavailable)) {
            answer = std::move(found);
        }
    }
    return answer;
}

bool course_owners::owns(std::string_view trainer_id, std::string_view course_id) const {
    return std::ranges::any_of(of_,
                               [&](const auto* one) { return one->owns(trainer_id, course_id); });
}

std::string course_owners::twin_of(std::string_view course_id) const {
    for (const auto* const one : of_) {
        if (auto twin = one->twin_of(course_id); !twin.empty()) {
            return twin;
        }
    }
    return {};
}

course_owners::survey course_owners::count() const {
    std::map<std::string, std::string, std::less<>> owners;
    std::set<std::string, std::less<>> trainers;
    std::set<std::string, std::less<>> ambiguous;
    for (const auto* const one : of_) {
        one->visit([&](std::string_view trainer_id, std::string_view course_id) {
            if (!trainers.contains(trainer_id)) {
                trainers.emplace(trainer_id);
            }
            const auto known = owners.find(course_id);
            if (known == owners.end()) {
                owners.emplace(course_id, trainer_id);
            } else if (known->second != trainer_id) {
                ambiguous.emplace(course_id);
            }
        });
    }
    return {.trainers = trainers.size(),
            .courses = owners.size(),
            .ambiguous = {ambiguous.begin(), ambiguous.end()}};
}

} // namespace sluice::core
