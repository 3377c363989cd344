// Reads the configuration file: JSON objects nested by the sections of the settings.
#include "core/base/unique_fd.hpp"
#include "core/config/config_listeners.hpp"
#include "core/config/config_merge.hpp"
#include "core/config/config_origins.hpp"
#include "core/config/json_setting.hpp"
#include "core/files/file_owner.hpp"
#include "core/files/small_file.hpp"
#include "core/json/operator_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <fcntl.h>

#include <cerrno>
#include <set>
#include <utility>

namespace sluice::core {

namespace json = boost::json;

namespace {

/// Every path and every section, for suggestions.
std::vector<std::string_view> known_names() {
    std::set<std::string_view> names;
    for (const auto& each : settings()) {
        names.insert(each.path);
        for (auto dot = each.path.find('.'); dot != std::string_view::npos;
             dot = each.path.find('.', dot + 1)) {
            names.insert(each.path.substr(0, dot));
        }
    }
    return {names.begin(), names.end()};
}

class file_reader {
  public:
    file_reader(const std::string& file, config_merge& merge) : file_(file), merge_(merge) {}

    /// `prefix` is "" or "limits.". The depth is bounded by the parser.
    void read(const json::object& object, const std::string& prefix) {
        for (const auto& member : object) {
            const std::string_view name(member.key().data(), member.key().size());
            const auto path = prefix + std::string(name);
            const auto where = file_ + ": " + path;
            const bool nested = name.find('.') == std::string_view::npos;
            if (const auto* const which = nested ? find_setting(path) : nullptr) {
                read(*which, member.value(), where);
            } else if (nested && is_section(path)) {
                read_section(member.value(), path, where);
            } else {
                merge_.complain(file_ + ": " + printable(path),
                                nested ? unknown_setting(path, known_)
                                       : "sections are written as nested objects, not with dots");
            }
        }
    }

  private:
    void read(const setting& which, const json::value& value, const std::string& where) {
        std::vector<operator_problem> problems;
        if (which.kind == setting_kind::listeners) {
            const setting_value list = read_listeners(value, problems);
            merge_.give(which, list, std::move(problems), where);
        } else if (which.kind == setting_kind::origins) {
            const setting_value list = read_origins(value, problems);
            merge_.give(which, list, std::move(problems), where);
        } else {
            merge_.give(which, from_json(which, value), where);
        }
    }

    void read_section(const json::value& value, const std::string& path, const std::string& where) {
        if (const auto* const section = value.if_object()) {
            read(*section, path + ".");
        } else {
            merge_.complain(where, "must be an object with the settings of this section");
        }
    }

    const std::string& file_;
    config_merge& merge_;
    std::vector<std::string_view> known_ = known_names();
};

} // namespace

void read_config_file(const std::string& path, config_merge& merge) {
    const unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        const int error = errno;
        merge.complain(path, "cannot be opened: " + system_message(error) +
                                 (error == EACCES ? access_advice(path) : ""));
        return;
    }
    std::string text;
    if (auto fault = read_small_file(file.get(), max_config_bytes, text); !fault.empty()) {
        merge.complain(path, std::move(fault));
        return;
    }
    json::value document;
    std::string problem;
    if (!read_operator_json(text, document, problem)) {
        merge.complain(path, std::move(problem));
    } else if (const auto* const object = document.if_object()) {
        file_reader(path, merge).read(*object, "");
    } else {
        merge.complain(path, "must hold one JSON object");
    }
}

} // namespace sluice::core
