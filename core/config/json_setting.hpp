#pragma once
// Converts settings from and to JSON. It does not check ranges: core/config/setting_check.cpp does.
// Private to core: used by config_file.cpp, config_listeners.cpp, config_origins.cpp and
// config_print.cpp.

#include "core/base/operator_problem.hpp"
#include "core/config/config_settings.hpp"
#include "core/json/operator_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::core {

/// `value` in the form of the setting's kind. Values that no setting accepts (null, fractions,
/// objects, mixed lists) and values of another kind become one that check() rejects.
[[nodiscard]] setting_value from_json(const setting_shape& which, const boost::json::value& value);

[[nodiscard]] boost::json::value to_json_value(const setting_value& value);

/// Sets a member such as "media.layout.course" inside nested objects, and creates those that are
/// missing.
void put_json(boost::json::object& into, std::string_view path, boost::json::value value);

/// The entries of a list in the text of a JSON document, which `read` reads; empty, with a problem,
/// if it is no document.
template <typename Entry>
[[nodiscard]] std::vector<Entry>
read_list(std::string_view text, std::vector<operator_problem>& problems,
          std::vector<Entry> (*read)(const boost::json::value&, std::vector<operator_problem>&)) {
    boost::json::value document;
    std::string fault;
    if (!read_operator_json(text, document, fault)) {
        problems.push_back({"", std::move(fault)});
        return {};
    }
    return read(document, problems);
}

/// The fields of an entry of a list, for docs/configuration.md: a table in Markdown with the name,
/// the value in `defaults`, the allowed values and the meaning of each.
template <typename Entry>
[[nodiscard]] std::string field_table(std::span<const setting_row<Entry>> fields,
                                      const Entry& defaults) {
    std::string out = "| Field | Default | Allowed | Meaning |\n"
                      "|---|---|---|---|\n";
    for (const auto& field : fields) {
        out += "| `" + std::string(field.path) + "` | `" +
               boost::json::serialize(to_json_value(field.get(defaults))) + "` | " +
               allowed_values(field) + " | " + std::string(field.help) + " |\n";
    }
    return out;
}

} // namespace sluice::core
