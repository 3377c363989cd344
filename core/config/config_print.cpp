#include "core/config/config_print.hpp"

#include "core/config/config_settings.hpp"
#include "core/config/json_setting.hpp"
#include "core/json/json_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace sluice::core {

namespace json = boost::json;

namespace {

/// Sets "media.layout.course" inside nested objects, and creates those that are missing.
void put(json::object& into, std::string_view path, json::value value) {
    const auto dot = path.find('.');
    const auto head = path.substr(0, dot);
    auto& member = into[json::string_view(head.data(), head.size())];
    if (dot == std::string_view::npos) {
        member = std::move(value);
        return;
    }
    put(member.is_object() ? member.get_object() : member.emplace_object(), path.substr(dot + 1),
        std::move(value));
}

} // namespace

std::string to_json(const config& from) {
    json::object root;
    for (const auto& each : settings()) {
        put(root, each.path, to_json_value(each.get(from)));
    }
    return pretty_json(root);
}

std::string settings_with_sources(const config& from,
                                  const std::map<std::string_view, std::string>& origins) {
    std::string out;
    for (const auto& each : settings()) {
        const auto origin = origins.find(each.path);
        out += std::string(each.path) + "\t" + json::serialize(to_json_value(each.get(from))) +
               "\t" + (origin == origins.end() ? "default" : origin->second) + "\n";
    }
    return out;
}

std::string settings_table() {
    const config defaults;
    std::string out = "| Setting | Default | Allowed | Environment | Meaning |\n"
                      "|---|---|---|---|---|\n";
    for (const auto& each : settings()) {
        const auto value = json::serialize(to_json_value(each.get(defaults)));
        out += "| `" + std::string(each.path) + "` | `" + value + "` | " + allowed_values(each) +
               " | `" + environment_name(each) + "` | " + std::string(each.help) +
               (each.needs_restart ? " (restart)" : "") + " |\n";
    }
    return out;
}

} // namespace sluice::core
