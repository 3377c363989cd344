#include "core/config/config_source.hpp"

#include "core/config/config_listeners.hpp"
#include "core/config/config_merge.hpp"
#include "core/config/config_origins.hpp"
#include "core/json/operator_json.hpp"
#include "core/text/nearest_name.hpp"

#include <set>
#include <utility>

namespace sluice::core {

namespace {

void give_text(config_merge& merge, const setting& which, std::string_view text,
               const std::string& where) {
    std::vector<operator_problem> problems;
    if (which.kind == setting_kind::listeners) {
        const setting_value list = read_listeners(text, problems);
        merge.give(which, list, std::move(problems), where);
    } else if (which.kind == setting_kind::origins) {
        const setting_value list = read_origins(text, problems);
        merge.give(which, list, std::move(problems), where);
    } else {
        merge.give(which, from_text(which, text), where);
    }
}

void read_environment(const config_sources& from, config_merge& merge) {
    std::vector<std::string> names;
    for (const auto& each : settings()) {
        names.push_back(environment_name(each));
    }
    std::vector<std::string_view> known(names.begin(), names.end());
    known.push_back(config_file_variable);
    for (const auto& [name, value] : from.environment) {
        if (!name.starts_with("SLUICE_") || name == config_file_variable ||
            name == secret_variable) {
            continue;
        }
        const auto where = "environment " + printable(name);
        std::size_t index = 0;
        while (index < names.size() && names[index] != name) {
            ++index;
        }
        if (index < names.size()) {
            give_text(merge, settings()[index], value, where);
        } else {
            merge.complain(where, unknown_setting(name, known));
        }
    }
}

void read_flags(const config_sources& from, config_merge& merge) {
    std::vector<std::string_view> known;
    for (const auto& each : settings()) {
        known.push_back(each.path);
    }
    std::set<std::string_view> given;
    for (const auto& flag : from.flags) {
        const auto* const which = find_setting(flag.path);
        if (which == nullptr) {
            merge.complain(printable(flag.flag), unknown_setting(flag.path, known));
        } else if (!given.insert(flag.path).second) {
            merge.complain(flag.flag, "this setting is given twice");
        } else {
            give_text(merge, *which, flag.value, flag.flag);
        }
    }
}

} // namespace

loaded_config load_config(const config_sources& from, config_use use) {
    config_merge merge;
    if (!from.file.empty()) {
        read_config_file(from.file, merge);
    }
    read_environment(from, merge);
    read_flags(from, merge);
    return std::move(merge).finish(use);
}

} // namespace sluice::core
