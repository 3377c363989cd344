#include "test/fuzz/strict_reader.hpp"

#include "test/fuzz/fuzz.hpp"

#include <algorithm>

namespace sluice::fuzz {

namespace {

constexpr std::string_view crlf = "\r\n";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_token(std::string_view text) { // RFC 9110 §5.6.2
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return is_digit(c) || is_letter(c) || marks.find(c) != std::string_view::npos;
    });
}

bool is_value(std::string_view text) { // RFC 9110 §5.5
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
    });
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos
               ? std::string_view{}
               : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> cut(std::string_view text, std::string_view at) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(at);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + at.size());
    }
}

std::optional<field_lines> read_fields(const std::vector<std::string_view>& lines) {
    field_lines fields;
    for (const auto line : lines) {
        const auto colon = std::min(line.find(':'), line.size());
        if (colon == line.size() || !is_token(line.substr(0, colon)) ||
            !is_value(line.substr(colon + 1))) {
            return std::nullopt;
        }
        fields.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    return fields;
}

std::size_t count(const field_lines& fields, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count_if(
        fields, [&](const auto& line) { return same_name(line.first, name); }));
}

std::size_t length_of(std::string_view digits) {
    require(!digits.empty() && digits.size() < 10 && std::ranges::all_of(digits, is_digit));
    std::size_t length = 0;
    for (const char c : digits) {
        length = length * 10 + static_cast<std::size_t>(c - '0');
    }
    return length;
}

} // namespace

bool same_name(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, [](char a, char b) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c + 0; };
        return lower(a) == lower(b);
    });
}

std::vector<std::string_view> sent_head::line() const {
    auto parts = cut(cut(text, crlf).front(), " ");
    return parts.size() == 3 ? parts : std::vector<std::string_view>{};
}

std::optional<field_lines> sent_head::fields() const {
    auto lines = cut(text, crlf);
    lines.erase(lines.begin());
    return read_fields(lines);
}

bool sent_head::may_have_last_chunk() const {
    const auto found = fields();
    if (!found || count(*found, "Transfer-Encoding") != 1 || count(*found, "Content-Length") != 0 ||
        count(*found, "Expect") != 0 || !(text.starts_with("GET ") || is_head())) {
        return false;
    }
    return std::ranges::any_of(*found, [](const auto& line) {
        return same_name(line.first, "Transfer-Encoding") && same_name(line.second, "chunked");
    });
}

bool sent_head::is_beyond_doubt() const {
    const auto parts = line();
    const auto found = fields();
    if (!is_complete || parts.empty() || !found || !is_token(parts[0]) || parts[1].empty()) {
        return false;
    }
    const bool has_plain_target = std::ranges::all_of(
        parts[1], [](char c) { return c > 0x20 && c < 0x7F && c != '#' && c != '"'; });
    const bool is_1_1 = parts[2] == "HTTP/1.1";
    const auto hosts = count(*found, "Host");
    const auto lengths = count(*found, "Content-Length");
    const bool has_no_content = std::ranges::all_of(*found, [](const auto& line) {
        return !same_name(line.first, "Content-Length") ||
               (!line.second.empty() && line.second.find_first_not_of('0') == line.second.npos);
    });
    return has_plain_target && (is_1_1 || parts[2] == "HTTP/1.0") &&
           (hosts == 1 || (hosts == 0 && !is_1_1)) && lengths <= 1 && has_no_content &&
           (count(*found, "Transfer-Encoding") == 0 || (has_last_chunk && is_1_1)) &&
           count(*found, "Authorization") <= 1;
}

std::vector<sent_head> cut_heads(std::string_view text) {
    std::vector<sent_head> heads;
    while (true) {
        while (text.starts_with(crlf)) {
            text.remove_prefix(crlf.size());
        }
        if (text.empty()) {
            return heads;
        }
        const auto end = text.find("\r\n\r\n");
        heads.push_back({.text = text.substr(0, end), .is_complete = end != text.npos});
        if (end == text.npos) {
            return heads;
        }
        text.remove_prefix(end + 4);
        constexpr std::string_view last_chunk = "0\r\n\r\n";
        if (text.starts_with(last_chunk) && heads.back().may_have_last_chunk()) {
            heads.back().has_last_chunk = true;
            text.remove_prefix(last_chunk.size());
        }
    }
}

std::optional<std::string_view> answer::value_of(std::string_view name) const {
    const auto found =
        std::ranges::find_if(fields, [&](const auto& line) { return same_name(line.first, name); });
    return found == fields.end() ? std::nullopt : std::optional(found->second);
}

bool answer::closes() const {
    return value_of("Connection") == "close";
}

answer cut_answer(std::string_view& text, bool to_head) {
    const auto end = text.find("\r\n\r\n");
    require(end != text.npos);
    auto lines = cut(text.substr(0, end), crlf);
    text.remove_prefix(end + 4);

    const auto status = lines.front(); // RFC 9112 §4
    require(status.size() > 13 && status.starts_with("HTTP/1.1 ") && status[12] == ' ');
    require(is_value(status));
    answer read;
    read.status = static_cast<unsigned>(length_of(status.substr(9, 3)));
    require(read.status >= 200 && read.status < 600);

    lines.erase(lines.begin());
    const auto fields = read_fields(lines);
    require(fields.has_value());
    read.fields = *fields;
    for (const auto* once : {"Date", "X-Request-Id"}) {
        require(count(read.fields, once) == 1);
    }
    for (const auto* at_most : {"Content-Length", "Content-Type", "Connection", "ETag"}) {
        require(count(read.fields, at_most) <= 1);
    }
    require(count(read.fields, "Transfer-Encoding") == 0);

    const bool is_bare = read.status == 204 || read.status == 304;
    const auto length = read.value_of("Content-Length");
    require(is_bare || length.has_value());
    require(read.status != 204 || !length);
    const auto size = to_head || is_bare ? 0 : length_of(*length);
    require(size <= text.size());
    require(size == 0 || read.value_of("Content-Type").has_value());
    read.content = text.substr(0, size);
    text.remove_prefix(size);
    return read;
}

} // namespace sluice::fuzz
