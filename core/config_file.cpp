// The configuration file as a source: JSON objects nested by the sections of the settings.
#include "core/config_merge.hpp"
#include "core/operator_json.hpp"
#include "core/small_file.hpp"
#include "core/unique_fd.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <fcntl.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>

namespace sluice::core {

namespace json = boost::json;

namespace {

std::string_view view_of(const json::string& text) {
    return {text.data(), text.size()};
}

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

std::optional<std::vector<std::string>> to_list(const json::array& array) {
    std::vector<std::string> list;
    for (const auto& entry : array) {
        const auto* const text = entry.if_string();
        if (text == nullptr) {
            return std::nullopt;
        }
        list.emplace_back(view_of(*text));
    }
    return list;
}

/// nullopt for what no setting takes: null, true, fractions, objects, lists of anything but texts.
std::optional<setting_value> to_value(const json::value& value) {
    if (const auto* const text = value.if_string()) {
        return std::string(view_of(*text));
    }
    if (const auto* const number = value.if_int64()) {
        return *number;
    }
    if (value.is_uint64()) { // only numbers above int64's range; no setting reaches so far
        return std::numeric_limits<std::int64_t>::max();
    }
    if (const auto* const array = value.if_array()) {
        if (auto list = to_list(*array)) {
            return std::move(*list);
        }
    }
    return std::nullopt;
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
        // Without a counterpart, an empty list is what every other kind objects to.
        const setting_value wrong = which.kind == setting_kind::list
                                        ? setting_value(std::int64_t{})
                                        : setting_value(std::vector<std::string>{});
        merge_.give(which, to_value(value).value_or(wrong), where);
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
        merge.complain(path, "cannot be opened: " + system_message(errno));
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
