#include "core/access/grant_csv.hpp"

#include "core/text/timestamp.hpp"
#include "core/text/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace sluice::core {

const std::string_view grant_csv_header =
    "user_id,trainer_id,course_id,module_id,lesson_id,not_before,not_after";

namespace {

enum column : std::size_t { user_id, trainer_id, course_id, module_id, lesson_id, from, until };

constexpr std::array<std::string_view, 7> names{"user_id",   "trainer_id", "course_id", "module_id",
                                                "lesson_id", "not_before", "not_after"};

/// The position of each column in a record.
using places = std::array<std::optional<std::size_t>, names.size()>;

/// " user", or nothing when the text must not appear in a message.
std::string shown(const std::string& text) {
    constexpr std::size_t longest = 40;
    const bool is_plain = std::ranges::all_of(
        text, [](char letter) { return letter > ' ' && letter <= '~' && letter != '"'; });
    return text.empty() || text.size() > longest || !is_plain ? "" : " \"" + text + '"';
}

std::optional<csv_fault> read_header(const csv_record& header, places& out) {
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto* const found = std::ranges::find(names, header[i].text);
        if (found == names.end()) {
            return csv_fault{header[i].at, "no such column" + shown(header[i].text) +
                                               "; the first line must name some of " +
                                               std::string(grant_csv_header)};
        }
        auto& place = out[static_cast<std::size_t>(found - names.begin())];
        if (place) {
            return csv_fault{header[i].at, "the column " + header[i].text + " is named twice"};
        }
        place = i;
    }
    if (!out[user_id]) {
        return csv_fault{header.front().at, "the column user_id is needed"};
    }
    return std::nullopt;
}

const csv_field* field_of(const csv_record& record, const places& where, std::size_t which) {
    return where[which] ? &record[*where[which]] : nullptr;
}

std::string text_of(const csv_record& record, const places& where, std::size_t which) {
    const auto* const field = field_of(record, where, which);
    return field == nullptr ? std::string() : field->text;
}

std::optional<csv_fault> read_time(const csv_field* field, std::size_t which,
                                   std::optional<std::int64_t>& out) {
    if (field == nullptr || field->text.empty()) {
        return std::nullopt;
    }
    out = parse_timestamp(field->text);
    if (!out) {
        return csv_fault{field->at, "no time in " + std::string(names[which]) +
                                        ": write 2026-01-31T12:00:00Z, 2026-01-31 or seconds since "
                                        "1970"};
    }
    return std::nullopt;
}

/// Points at the field that check() rejects, or at the line when there is no such field.
csv_fault fault_of(const failure& why, const csv_record& record, const places& where) {
    const auto which =
        static_cast<std::size_t>(std::ranges::find(names, why.subject) - names.begin());
    const auto* const field = field_of(record, where, which);
    const auto name = std::string(why.subject);
    const bool is_missing = why.code == errc::parameter_missing;
    const bool is_window = why.subject == "not_after" && field != nullptr;
    return {field == nullptr ? record.front().at : field->at,
            is_missing  ? name + " is needed here"
            : is_window ? "not_after must be later than not_before"
                        : name + " is not a valid identifier"};
}

std::optional<csv_fault> read_record(const csv_record& record, const places& where, grant& out) {
    out = {.user_id = text_of(record, where, user_id),
           .target = {.trainer_id = text_of(record, where, trainer_id),
                      .course_id = text_of(record, where, course_id),
                      .module_id = text_of(record, where, module_id),
                      .lesson_id = text_of(record, where, lesson_id)},
           .valid = {}};
    if (auto fault = read_time(field_of(record, where, from), from, out.valid.not_before)) {
        return fault;
    }
    if (auto fault = read_time(field_of(record, where, until), until, out.valid.not_after)) {
        return fault;
    }
    const auto verdict = check(out);
    return verdict ? std::nullopt : std::optional(fault_of(verdict.error(), record, where));
}

void append_field(std::string_view text, std::string& out) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += text;
        return;
    }
    out += '"';
    for (const char letter : text) {
        out.append(letter == '"' ? 2 : 1, letter);
    }
    out += '"';
}

/// The position of the first byte that is not UTF-8. Spreadsheets on Windows write another encoding
/// by default, which fails at the first accent.
csv_fault fault_of_encoding(std::string_view csv) {
    text_position at;
    std::size_t start = 0;
    for (auto end = csv.find('\n'); end != std::string_view::npos; end = csv.find('\n', start)) {
        if (!is_valid_utf8(csv.substr(start, end - start))) {
            break;
        }
        ++at.line;
        start = end + 1;
    }
    return {at, "the line is not UTF-8; save the file as CSV UTF-8"};
}

std::variant<std::vector<grant>, csv_fault> parse_records(csv_reader& reader) {
    csv_record record;
    places where;
    if (!reader.next(record)) {
        return reader.fault().value_or(csv_fault{{}, "the file is empty"});
    }
    const auto columns = record.size();
    if (auto fault = read_header(record, where)) {
        return *fault;
    }
    std::vector<grant> all;
    while (reader.next(record)) {
        if (record.size() != columns) {
            return csv_fault{record.back().at, "the line has " + std::to_string(record.size()) +
                                                   " fields, the first line " +
                                                   std::to_string(columns)};
        }
        if (auto fault = read_record(record, where, all.emplace_back())) {
            return *fault;
        }
    }
    if (reader.fault()) {
        return *reader.fault();
    }
    return all;
}

} // namespace

std::variant<std::vector<grant>, csv_fault> parse_grants(std::string_view csv) {
    if (!is_valid_utf8(csv)) {
        return fault_of_encoding(csv);
    }
    csv_reader reader(csv);
    auto parsed = parse_records(reader);
    if (auto* const fault = std::get_if<csv_fault>(&parsed)) {
        fault->what += reader.delimiter() == '\t' ? std::string(" (fields are separated by tabs)")
                                                  : std::string(" (fields are separated by \"") +
                                                        reader.delimiter() + "\")";
    }
    return parsed;
}

void append_csv(const grant& one, std::string& out) {
    for (const auto& text : {one.user_id, one.target.trainer_id, one.target.course_id,
                             one.target.module_id, one.target.lesson_id}) {
        append_field(text, out);
        out += ',';
    }
    out += one.valid.not_before ? format_timestamp(*one.valid.not_before) : "";
    out += ',';
    out += one.valid.not_after ? format_timestamp(*one.valid.not_after) : "";
    out += '\n';
}

} // namespace sluice::core
