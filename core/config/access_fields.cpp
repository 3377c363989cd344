#include "core/config/access_fields.hpp"

#include "core/text/nearest_name.hpp"

#include <algorithm>

namespace sluice::core {

namespace {

std::vector<std::string_view> known_names() {
    std::vector<std::string_view> all{standard_access_fields};
    all.insert(all.end(), access_field_names.begin(), access_field_names.end());
    return all;
}

std::string listed(const std::vector<std::string_view>& names) {
    std::string text;
    for (const auto name : names) {
        text.append(text.empty() ? "" : ", ").append(name);
    }
    return text;
}

} // namespace

std::string objection_to_access_fields(const std::vector<std::string>& names) {
    const auto known = known_names();
    if (names.empty()) {
        return "must have at least one field; for no access log, set log.access to off (known: " +
               listed(known) + ")";
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (std::ranges::count(known, names[i]) == 0) {
            return "entry " + std::to_string(i + 1) +
                   " is no field of the access log (known: " + listed(known) + ")" +
                   suggestion(names[i], known);
        }
        if (std::ranges::count(names, names[i]) > 1) {
            return "has \"" + names[i] + "\" twice";
        }
    }
    return {};
}

access_fields access_fields_of(const std::vector<std::string>& names) {
    access_fields chosen;
    for (const auto& name : names) {
        if (name == standard_access_fields) {
            chosen.add(access_fields::standard());
        } else {
            const auto at = std::ranges::find(access_field_names, name);
            chosen.add(static_cast<access_field>(at - access_field_names.begin()));
        }
    }
    return chosen;
}

} // namespace sluice::core
