#include "core/config/config_diff.hpp"

#include "core/config/config_settings.hpp"

namespace sluice::core {

std::vector<std::string_view> changed_settings(const config& a, const config& b) {
    std::vector<std::string_view> paths;
    for (const auto& each : settings()) {
        if (each.get(a) != each.get(b)) {
            paths.push_back(each.path);
        }
    }
    return paths;
}

std::vector<std::string_view> keep_fixed_settings(const config& running, config& next) {
    std::vector<std::string_view> paths;
    for (const auto& each : settings()) {
        if (each.needs_restart && each.get(running) != each.get(next)) {
            each.set(next, each.get(running));
            paths.push_back(each.path);
        }
    }
    return paths;
}

} // namespace sluice::core
