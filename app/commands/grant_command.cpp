#include "app/commands/store_command.hpp"
#include "core/access/grant_csv.hpp"
#include "core/json/json_text.hpp"
#include "core/text/timestamp.hpp"

#include <algorithm>
#include <array>
#include <istream>
#include <iterator>
#include <ostream>
#include <utility>

namespace sluice::app {

namespace {

// Far more than any school's grants: a million take about 60 MiB.
constexpr std::size_t most_import_bytes = std::size_t{256} << 20U;

/// "course_id" -> "--course".
std::string flag_of(std::string_view column) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> others{
        std::pair{"not_before", "--from"}, {"not_after", "--until"}, {"user_id", "--user"}};
    for (const auto& [name, flag] : others) {
        if (name == column) {
            return std::string(flag);
        }
    }
    return "--" + std::string(column.substr(0, column.find('_')));
}

core::grant grant_of(const command_line& line) {
    return {.user_id = std::string(line.option("--user")),
            .target = {.trainer_id = std::string(line.option("--trainer")),
                       .course_id = std::string(line.option("--course")),
                       .module_id = std::string(line.option("--module")),
                       .lesson_id = std::string(line.option("--lesson"))},
            .valid = {}};
}

std::string objection_to(const core::grant& one) {
    const auto verdict = core::check(one);
    if (verdict) {
        return {};
    }
    const auto& why = verdict.error();
    if (why.code == core::errc::parameter_missing) {
        return flag_of(why.subject) +
               (why.subject == "trainer_id" ? " or --course is needed" : " is needed");
    }
    return why.subject == "not_after" ? "--until must be later than --from"
                                      : flag_of(why.subject) + " is not a valid identifier";
}

bool read_time(const command_line& line, std::string_view flag, std::optional<std::int64_t>& out) {
    if (!line.has(flag)) {
        return true;
    }
    out = core::parse_timestamp(line.option(flag));
    return out.has_value();
}

int add(const command_line& line, const store_tools& with, const terminal& streams) {
    auto one = grant_of(line);
    if (!read_time(line, "--from", one.valid.not_before) ||
        !read_time(line, "--until", one.valid.not_after)) {
        return refuse_usage(streams,
                            "a time is 2026-01-31T12:00:00Z, 2026-01-31 or seconds since 1970");
    }
    if (const auto objection = objection_to(one); !objection.empty()) {
        return refuse_usage(streams, objection);
    }
    const auto put = with.store.put_grants({&one, 1});
    if (!put) {
        return report_fault(put.error(), streams);
    }
    streams.out << (*put > 0 ? "granted\n" : "granted already\n");
    return exit_success;
}

int remove(const command_line& line, const store_tools& with, const terminal& streams) {
    const auto one = grant_of(line);
    if (const auto objection = objection_to(one); !objection.empty()) {
        return refuse_usage(streams, objection);
    }
    const auto removed = with.store.remove_grant(one.user_id, one.target);
    if (!removed) {
        return report_fault(removed.error(), streams);
    }
    streams.out << (*removed ? "removed\n" : "no such grant\n");
    return *removed ? exit_success : exit_failure;
}

std::string time_or_null(const std::optional<std::int64_t>& time) {
    return time ? '"' + core::format_timestamp(*time) + '"' : "null";
}

/// One object in an array, a grant on each line; written as it is read, however many there are.
int list_as_json(const command_line& line, const store_tools& with, const terminal& streams) {
    std::string_view before = "[\n";
    const auto listed = with.store.list_grants(line.option("--user"), [&](const core::grant& one) {
        streams.out << std::exchange(before, ",\n") << R"({"user_id": )"
                    << core::json_string(one.user_id) << R"(, "trainer_id": )"
                    << core::json_string(one.target.trainer_id) << R"(, "course_id": )"
                    << core::json_string(one.target.course_id) << R"(, "module_id": )"
                    << core::json_string(one.target.module_id) << R"(, "lesson_id": )"
                    << core::json_string(one.target.lesson_id) << R"(, "not_before": )"
                    << time_or_null(one.valid.not_before) << R"(, "not_after": )"
                    << time_or_null(one.valid.not_after) << '}';
    });
    if (!listed) {
        return report_fault(listed.error(), streams);
    }
    streams.out << (before.starts_with('[') ? "[]\n" : "\n]\n");
    return exit_success;
}

int list(const command_line& line, const store_tools& with, const terminal& streams) {
    if (line.has("--json")) {
        return list_as_json(line, with, streams);
    }
    streams.out << core::grant_csv_header << '\n';
    std::string text;
    const auto listed = with.store.list_grants(line.option("--user"), [&](const core::grant& one) {
        text.clear();
        core::append_csv(one, text);
        streams.out << text;
    });
    return listed ? exit_success : report_fault(listed.error(), streams);
}

std::optional<std::string> read_all(std::istream& from) {
    std::string text(std::istreambuf_iterator<char>(from), {});
    return from.bad() || text.size() > most_import_bytes ? std::nullopt
                                                         : std::optional(std::move(text));
}

int import_file(const command_line& line, const store_tools& with, const terminal& streams) {
    const auto& path = line.operands.front();
    const auto csv = with.operand ? read_all(with.operand) : std::nullopt;
    if (!csv) {
        streams.err << "sluice: " << path << ": cannot be read, or is too large\n";
        return exit_failure;
    }
    const auto parsed = core::parse_grants(*csv);
    if (const auto* const fault = std::get_if<core::csv_fault>(&parsed)) {
        streams.err << path << ':' << fault->at.line << ':' << fault->at.column << ": "
                    << fault->what << "; nothing was imported\n";
        return exit_failure;
    }
    const auto& grants = std::get<std::vector<core::grant>>(parsed);
    const auto put = with.store.put_grants(grants);
    if (!put) {
        return report_fault(put.error(), streams);
    }
    streams.out << grants.size() << " grants imported: " << *put << " new or changed, "
                << grants.size() - *put << " as before\n";
    return exit_success;
}

} // namespace

int run_grant_command(const command_line& line, const store_tools& with, const terminal& streams) {
    switch (line.what) {
    case command::grant_add:
        return add(line, with, streams);
    case command::grant_remove:
        return remove(line, with, streams);
    case command::grant_list:
        return list(line, with, streams);
    default:
        return import_file(line, with, streams);
    }
}

} // namespace sluice::app
