// The part of core/config/config_settings.hpp that checks and parses values.
#include "core/config/config_settings.hpp"
#include "core/text/decimal.hpp"
#include "core/text/trimmed.hpp"
#include "core/text/utf8.hpp"

#include <algorithm>
#include <cstddef>

namespace sluice::core {

namespace {

// PATH_MAX: no setting has a use for a longer text.
constexpr std::size_t max_text_bytes = 4096;
constexpr std::size_t max_list_entries = 256;

std::string check_text(std::string_view text) {
    if (text.size() > max_text_bytes) {
        return "must not be longer than " + std::to_string(max_text_bytes) + " bytes";
    }
    // An invisible character in a path or a name is a mistake that is hard to find.
    if (has_forbidden_code_point(text)) {
        return "must be valid UTF-8 without control or invisible characters";
    }
    return {};
}

std::string check_list(const std::vector<std::string>& list) {
    if (list.size() > max_list_entries) {
        return "must not have more than " + std::to_string(max_list_entries) + " entries";
    }
    for (const auto& entry : list) {
        if (entry.empty()) {
            return "must not have empty entries";
        }
        if (const auto objection = check_text(entry); !objection.empty()) {
            return "has an entry that " + objection;
        }
    }
    return {};
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> entries;
    if (trimmed(text, " ").empty()) {
        return entries;
    }
    for (std::size_t start = 0; start <= text.size();) {
        const auto comma = std::min(text.find(',', start), text.size());
        entries.emplace_back(trimmed(text.substr(start, comma - start), " "));
        start = comma + 1;
    }
    return entries;
}

} // namespace

std::string allowed_values(const setting_shape& which) {
    switch (which.kind) {
    case setting_kind::number:
        return std::to_string(which.min) + " to " + std::to_string(which.max);
    case setting_kind::seconds:
        return std::to_string(which.min) + " to " + std::to_string(which.max) + " seconds";
    case setting_kind::choice:
    case setting_kind::choices: {
        std::string names;
        for (const auto name : which.choices) {
            names += names.empty() ? "" : name == which.choices.back() ? " or " : ", ";
            names += name;
        }
        return which.kind == setting_kind::choices ? names + ", or a list of them" : names;
    }
    case setting_kind::list:
        return "list of texts";
    case setting_kind::boolean:
        return "true or false";
    case setting_kind::listeners:
        return "list of listeners";
    case setting_kind::origins:
        return "list of origins";
    case setting_kind::text:
        break;
    }
    return "text";
}

std::string check(const setting_shape& which, const setting_value& value) {
    switch (which.kind) {
    case setting_kind::number:
    case setting_kind::seconds: {
        const auto* const number = std::get_if<std::int64_t>(&value);
        const bool good = number != nullptr && *number >= which.min && *number <= which.max;
        return good ? "" : "must be a whole number, " + allowed_values(which);
    }
    case setting_kind::choice: {
        const auto* const name = std::get_if<std::string>(&value);
        const bool good = name != nullptr && std::ranges::count(which.choices, *name) == 1;
        return good ? "" : "must be " + allowed_values(which);
    }
    case setting_kind::choices: {
        const auto* const one = std::get_if<std::string>(&value);
        const auto* const several = std::get_if<std::vector<std::string>>(&value);
        const auto names = one != nullptr
                               ? std::vector{*one}
                               : (several != nullptr ? *several : std::vector<std::string>{});
        const bool good = !names.empty() && std::ranges::all_of(names, [&](const auto& name) {
            return std::ranges::count(which.choices, name) == 1 &&
                   std::ranges::count(names, name) == 1;
        });
        return good ? "" : "must be " + allowed_values(which);
    }
    case setting_kind::list: {
        const auto* const list = std::get_if<std::vector<std::string>>(&value);
        return list != nullptr ? check_list(*list) : "must be a list of texts";
    }
    case setting_kind::boolean:
        return std::holds_alternative<bool>(value) ? "" : "must be true or false";
    case setting_kind::listeners:
        return std::holds_alternative<std::vector<listener_settings>>(value)
                   ? ""
                   : "must be a list of listeners";
    case setting_kind::origins:
        return std::holds_alternative<std::vector<origin_settings>>(value)
                   ? ""
                   : "must be a list of origins";
    case setting_kind::text:
        break;
    }
    const auto* const text = std::get_if<std::string>(&value);
    return text != nullptr ? check_text(*text) : "must be a text";
}

setting_value from_text(const setting_shape& which, std::string_view text) {
    if (which.kind == setting_kind::list ||
        (which.kind == setting_kind::choices && text.find(',') != std::string_view::npos)) {
        return split_list(text);
    }
    if (which.kind == setting_kind::number || which.kind == setting_kind::seconds) {
        if (const auto number = parse_decimal<std::int64_t>(text)) {
            return *number;
        }
    }
    if (which.kind == setting_kind::boolean && (text == "true" || text == "false")) {
        return text == "true";
    }
    return std::string(text);
}

} // namespace sluice::core
