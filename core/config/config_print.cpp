#include "core/config/config_print.hpp"

#include "core/config/config_settings.hpp"
#include "core/config/json_setting.hpp"
#include "core/json/json_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace sluice::core {

namespace json = boost::json;

std::string to_json(const config& from) {
    json::object root;
    for (const auto& each : settings()) {
        put_json(root, each.path, to_json_value(each.get(from)));
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
