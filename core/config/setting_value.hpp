#pragma once
// Accessors from a row of the settings table to its field, made from member pointers. Used only by
// the tables of core/config/config_listeners, core/config/config_origins and
// core/config/config_settings.

#include "core/config/config_settings.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice::core {

/// The field behind a chain of member pointers, in a config or a const config.
template <auto... Members, class Config>
[[nodiscard]] constexpr auto& field_of(Config& settings) noexcept {
    return (settings.*....*Members);
}

/// The struct to which the first of `Members` belongs.
template <auto... Members>
struct target;
template <class Owner, class Field, Field Owner::*First, auto... Rest>
struct target<First, Rest...> {
    using type = Owner;
};
template <auto... Members>
using target_type = typename target<Members...>::type;

template <auto... Members>
using field_type = std::remove_reference_t<decltype(field_of<Members...>(
    std::declval<target_type<Members...>&>()))>;

template <auto... Members>
[[nodiscard]] constexpr auto number_setting(std::string_view path, std::int64_t min,
                                            std::int64_t max, std::string_view help) {
    using field = field_type<Members...>;
    static_assert(std::is_unsigned_v<field>);
    const auto get = [](const target_type<Members...>& from) -> setting_value {
        return static_cast<std::int64_t>(field_of<Members...>(from));
    };
    const auto set = [](target_type<Members...>& to, const setting_value& value) {
        field_of<Members...>(to) = static_cast<field>(std::get<std::int64_t>(value));
    };
    return setting_row<target_type<Members...>>{
        {path, setting_kind::number, min, max, {}, help}, get, set};
}

template <auto... Members>
[[nodiscard]] constexpr auto seconds_setting(std::string_view path, std::int64_t min,
                                             std::int64_t max, std::string_view help) {
    const auto get = [](const target_type<Members...>& from) -> setting_value {
        return std::int64_t{field_of<Members...>(from).count()};
    };
    const auto set = [](target_type<Members...>& to, const setting_value& value) {
        field_of<Members...>(to) = std::chrono::seconds(std::get<std::int64_t>(value));
    };
    return setting_row<target_type<Members...>>{
        {path, setting_kind::seconds, min, max, {}, help}, get, set};
}

template <auto... Members>
[[nodiscard]] constexpr auto text_setting(std::string_view path, std::string_view help) {
    const auto get = [](const target_type<Members...>& from) -> setting_value {
        return field_of<Members...>(from);
    };
    const auto set = [](target_type<Members...>& to, const setting_value& value) {
        field_of<Members...>(to) = std::get<std::string>(value);
    };
    return setting_row<target_type<Members...>>{
        {path, setting_kind::text, 0, 0, {}, help}, get, set};
}

template <auto... Members>
[[nodiscard]] constexpr auto list_setting(std::string_view path, std::string_view help) {
    const auto get = [](const target_type<Members...>& from) -> setting_value {
        return field_of<Members...>(from);
    };
    const auto set = [](target_type<Members...>& to, const setting_value& value) {
        field_of<Members...>(to) = std::get<std::vector<std::string>>(value);
    };
    return setting_row<target_type<Members...>>{
        {path, setting_kind::list, 0, 0, {}, help}, get, set};
}

template <auto... Members>
[[nodiscard]] constexpr auto boolean_setting(std::string_view path, std::string_view help) {
    const auto get = [](const target_type<Members...>& from) -> setting_value {
        return field_of<Members...>(from);
    };
    const auto set = [](target_type<Members...>& to, const setting_value& value) {
        field_of<Members...>(to) = std::get<bool>(value);
    };
    return setting_row<target_type<Members...>>{
        {path, setting_kind::boolean, 0, 0, {}, help}, get, set};
}

template <auto... Members>
[[nodiscard]] constexpr auto listeners_setting(std::string_view path, std::string_view help) {
    const auto get = [](const target_type<Members...>& from) -> setting_value {
        return field_of<Members...>(from);
    };
    const auto set = [](target_type<Members...>& to, const setting_value& value) {
        field_of<Members...>(to) = std::get<std::vector<listener_settings>>(value);
    };
    return setting_row<target_type<Members...>>{
        {path, setting_kind::listeners, 0, 0, {}, help}, get, set};
}

template <auto... Members>
[[nodiscard]] constexpr auto origins_setting(std::string_view path, std::string_view help) {
    const auto get = [](const target_type<Members...>& from) -> setting_value {
        return field_of<Members...>(from);
    };
    const auto set = [](target_type<Members...>& to, const setting_value& value) {
        field_of<Members...>(to) = std::get<std::vector<origin_settings>>(value);
    };
    return setting_row<target_type<Members...>>{
        {path, setting_kind::origins, 0, 0, {}, help}, get, set};
}

/// `Names` is a static array with the name of each enumerator, in the order of their values.
template <const auto& Names, auto... Members>
[[nodiscard]] constexpr auto choice_setting(std::string_view path, std::string_view help) {
    using field = field_type<Members...>;
    static_assert(std::is_enum_v<field>);
    const auto get = [](const target_type<Members...>& from) -> setting_value {
        return std::string(Names.at(static_cast<std::size_t>(field_of<Members...>(from))));
    };
    const auto set = [](target_type<Members...>& to, const setting_value& value) {
        const auto* const found = std::ranges::find(Names, std::get<std::string>(value));
        field_of<Members...>(to) = static_cast<field>(found - Names.begin());
    };
    return setting_row<target_type<Members...>>{
        {path, setting_kind::choice, 0, 0, Names, help}, get, set};
}

/// `row`, marked as a setting that a reload cannot change.
[[nodiscard]] constexpr setting fixed(setting row) noexcept {
    row.needs_restart = true;
    return row;
}

/// Several enumerators together, in a field with has() and add().
template <const auto& Names, class Enum, auto... Members>
[[nodiscard]] constexpr auto choices_setting(std::string_view path, std::string_view help) {
    const auto get = [](const target_type<Members...>& from) -> setting_value {
        std::vector<std::string> list;
        for (std::size_t i = 0; i < Names.size(); ++i) {
            if (field_of<Members...>(from).has(static_cast<Enum>(i))) {
                list.emplace_back(Names.at(i));
            }
        }
        return list.size() == 1 ? setting_value(list.front()) : setting_value(list);
    };
    const auto set = [](target_type<Members...>& to, const setting_value& value) {
        field_type<Members...> chosen;
        const auto add = [&chosen](const std::string& name) {
            chosen.add(static_cast<Enum>(std::ranges::find(Names, name) - Names.begin()));
        };
        if (const auto* const one = std::get_if<std::string>(&value)) {
            add(*one);
        } else {
            std::ranges::for_each(std::get<std::vector<std::string>>(value), add);
        }
        field_of<Members...>(to) = chosen;
    };
    return setting_row<target_type<Members...>>{
        {path, setting_kind::choices, 0, 0, Names, help}, get, set};
}

} // namespace sluice::core
