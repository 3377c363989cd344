#include "core/config/json_setting.hpp"

#include "core/config/config_listeners.hpp"
#include "core/config/config_origins.hpp"

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>

#include <cstdint>
#include <limits>
#include <optional>

namespace sluice::core {

namespace json = boost::json;

namespace {

std::string text_of(const json::string& text) {
    return {text.data(), text.size()};
}

std::optional<std::vector<std::string>> to_list(const json::array& array) {
    std::vector<std::string> list;
    for (const auto& entry : array) {
        const auto* const text = entry.if_string();
        if (text == nullptr) {
            return std::nullopt;
        }
        list.push_back(text_of(*text));
    }
    return list;
}

std::optional<setting_value> to_value(const json::value& value) {
    if (const auto* const text = value.if_string()) {
        return text_of(*text);
    }
    if (const auto* const flag = value.if_bool()) {
        return *flag;
    }
    if (const auto* const number = value.if_int64()) {
        return *number;
    }
    if (value.is_uint64()) { // only numbers above the range of int64; no setting accepts those
        return std::numeric_limits<std::int64_t>::max();
    }
    if (const auto* const array = value.if_array()) {
        if (auto list = to_list(*array)) {
            return std::move(*list);
        }
    }
    return std::nullopt;
}

struct to_json_visitor {
    json::value operator()(std::int64_t number) const { return number; }
    json::value operator()(bool flag) const { return flag; }
    json::value operator()(const std::string& text) const { return json::string(text); }
    json::value operator()(const std::vector<std::string>& list) const {
        json::array array;
        for (const auto& entry : list) {
            array.emplace_back(json::string(entry));
        }
        return array;
    }
    json::value operator()(const std::vector<listener_settings>& list) const {
        return listeners_to_json(list);
    }
    json::value operator()(const std::vector<origin_settings>& list) const {
        return origins_to_json(list);
    }
};

} // namespace

setting_value from_json(const setting_shape& which, const json::value& value) {
    // Values without a counterpart become an empty list, which every other kind rejects.
    const setting_value wrong = which.kind == setting_kind::list
                                    ? setting_value(std::int64_t{})
                                    : setting_value(std::vector<std::string>{});
    const auto* const text = value.if_string();
    return text != nullptr && which.kind == setting_kind::choices
               ? from_text(which, {text->data(), text->size()})
               : to_value(value).value_or(wrong);
}

json::value to_json_value(const setting_value& value) {
    return std::visit(to_json_visitor{}, value);
}

void put_json(json::object& into, std::string_view path, json::value value) {
    const auto dot = path.find('.');
    const auto head = path.substr(0, dot);
    auto& member = into[json::string_view(head.data(), head.size())];
    if (dot == std::string_view::npos) {
        member = std::move(value);
        return;
    }
    put_json(member.is_object() ? member.get_object() : member.emplace_object(),
             path.substr(dot + 1), std::move(value));
}

} // namespace sluice::core
