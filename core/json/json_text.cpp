#include "core/json/json_text.hpp"

#include "core/text/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cstddef>

namespace sluice::core {

namespace json = boost::json;

namespace {

constexpr std::size_t indent_width = 2;

void append(const json::value& value, std::size_t indent, std::string& out);

/// Writes each element of a list or an object on a line of its own, by `append_member`.
template <class Container, class AppendMember>
void append_lines(const Container& members, std::string_view brackets, std::size_t indent,
                  std::string& out, AppendMember append_member) {
    out += brackets.front();
    bool first = true;
    for (const auto& member : members) {
        out += first ? "\n" : ",\n";
        out.append(indent + indent_width, ' ');
        append_member(member);
        first = false;
    }
    if (!first) {
        out += '\n';
        out.append(indent, ' ');
    }
    out += brackets.back();
}

void append(const json::value& value, std::size_t indent, std::string& out) {
    if (const auto* const object = value.if_object()) {
        append_lines(*object, "{}", indent, out, [&](const auto& member) {
            out += json_string({member.key().data(), member.key().size()});
            out += ": ";
            append(member.value(), indent + indent_width, out);
        });
    } else if (const auto* const array = value.if_array()) {
        append_lines(*array, "[]", indent, out, [&](const json::value& element) {
            append(element, indent + indent_width, out);
        });
    } else if (const auto* const text = value.if_string()) {
        out += json_string({text->data(), text->size()});
    } else {
        out += json::serialize(value);
    }
}

} // namespace

std::string pretty_json(const json::value& value) {
    std::string out;
    append(value, 0, out);
    return out;
}

std::string json_string(std::string_view text) {
    std::string shown(text);
    mask_forbidden(shown);
    return json::serialize(json::string_view(shown.data(), shown.size()));
}

} // namespace sluice::core
