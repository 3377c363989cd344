#include "core/download/download_name.hpp"

#include "core/download/ascii_name.hpp"
#include "core/text/ascii_class.hpp"
#include "core/text/percent.hpp"

#include <algorithm>

namespace sluice::core {

namespace {

/// attr-char of RFC 8187 §3.2.1: the characters of an extended value that need no encoding.
[[nodiscard]] constexpr bool is_attr_char(char c) noexcept {
    constexpr std::string_view marks = "!#$&+-.^_`|~";
    return is_ascii_alphanumeric(c) || marks.find(c) != std::string_view::npos;
}

/// Not append_percent_encoded(): an extended value keeps other characters than a path does.
void append_extended_value(std::string_view text, std::string& out) {
    for (const char c : text) {
        if (is_attr_char(c)) {
            out.push_back(c);
        } else {
            append_percent_escape(c, out);
        }
    }
}

} // namespace

void append_content_disposition(std::string_view filename, std::string& out) {
    out.append("attachment; filename=\"");
    if (!filename.empty() && std::ranges::all_of(filename, is_plain_name_char)) {
        out.append(filename);
        out.push_back('"');
        return;
    }
    append_ascii_name(filename, out);
    out.append("\"; filename*=UTF-8''");
    append_extended_value(filename, out);
}

} // namespace sluice::core
