#include "core/config/config_merge.hpp"

#include "core/config/config_validate.hpp"
#include "core/text/ascii_case.hpp"
#include "core/text/nearest_name.hpp"

#include <algorithm>
#include <utility>

namespace sluice::core {

void config_merge::give(const setting& which, const setting_value& value, std::string where) {
    if (auto objection = check(which, value); !objection.empty()) {
        complain(std::move(where), std::move(objection));
        return;
    }
    which.set(merged_.settings, value);
    origins_[which.path] = std::move(where);
}

void config_merge::give(const setting& which, const setting_value& list,
                        std::vector<operator_problem> problems, const std::string& where) {
    if (problems.empty()) {
        give(which, list, where);
    }
    for (auto& problem : problems) {
        complain(where + problem.where, std::move(problem.what));
    }
}

void config_merge::complain(std::string where, std::string what) {
    merged_.problems.push_back({std::move(where), std::move(what)});
}

loaded_config config_merge::finish(config_use use) && {
    for (auto& problem : validate(merged_.settings, use)) {
        // A problem at "listeners[1].address" belongs to the setting "listeners".
        const auto bracket = std::min(problem.where.find('['), problem.where.size());
        const auto origin = origins_.find(std::string_view(problem.where).substr(0, bracket));
        complain(origin == origins_.end() ? std::move(problem.where)
                                          : origin->second + problem.where.substr(bracket),
                 std::move(problem.what));
    }
    for (auto& [path, where] : origins_) {
        const auto suffix = ": " + std::string(path); // of the places in a file
        if (where.ends_with(suffix)) {
            where.resize(where.size() - suffix.size());
        }
    }
    merged_.origins = std::move(origins_);
    return std::move(merged_);
}

std::string unknown_setting(std::string_view name, const std::vector<std::string_view>& known) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), ascii_lower);
    if (lower.find("secret") != std::string::npos) {
        return "a secret does not belong in the configuration: use a key file (tokens.key_file) or "
               "the environment variable SLUICE_SECRET";
    }
    return "no such setting" + suggestion(name, known);
}

} // namespace sluice::core
