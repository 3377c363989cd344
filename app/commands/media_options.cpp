#include "app/commands/media_options.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace sluice::app {

namespace {

constexpr std::array<std::string_view, 3> id_flags{"--rel", "--course-id", "--module-id"};
constexpr std::array<std::string_view, 5> media_flags{"--type", "--rel", "--course-id",
                                                      "--module-id", "--filename"};

/// The id flags that a kind of media needs; all other id flags are rejected.
std::span<const std::string_view> needed_ids(core::media_kind kind) {
    const std::span ids(id_flags);
    switch (kind) {
    case core::media_kind::lesson:
        return ids.first(1);
    case core::media_kind::course:
        return ids.subspan(1, 1);
    case core::media_kind::module:
        break;
    }
    return ids.subspan(1, 2);
}

/// Empty when exactly the flags of `kind` are given; else what is wrong.
std::string objection_to_flags(const command_line& line, core::media_kind kind) {
    const auto needed = needed_ids(kind);
    for (const auto flag : id_flags) {
        const bool wanted = std::ranges::find(needed, flag) != needed.end();
        if (wanted != line.has(flag)) {
            return std::string(flag) + (wanted ? " is needed for" : " does not belong to") +
                   " --type " + std::string(name_of(kind));
        }
    }
    return line.has("--filename") ? "" : "--filename is needed";
}

core::result<core::media_id> build(const command_line& line, core::media_kind kind) {
    const auto filename = line.option("--filename");
    switch (kind) {
    case core::media_kind::lesson:
        return core::media_id::lesson(line.option("--rel"), filename);
    case core::media_kind::course:
        return core::media_id::course(line.option("--course-id"), filename);
    case core::media_kind::module:
        break;
    }
    return core::media_id::module(line.option("--course-id"), line.option("--module-id"), filename);
}

/// "course_id" -> "--course-id".
std::string flag_of(std::string_view parameter) {
    std::string flag = "--" + std::string(parameter);
    std::ranges::replace(flag, '_', '-');
    return flag;
}

} // namespace

bool has_media_options(const command_line& line) {
    return std::ranges::any_of(media_flags, [&](auto flag) { return line.has(flag); });
}

std::variant<core::media_id, std::string> media_from_options(const command_line& line) {
    const auto kind = core::parse_media_kind(line.option("--type"));
    if (!kind) {
        return line.has("--type") ? "--type must be lesson, course or module"
                                  : "--type is needed: lesson, course or module";
    }
    if (auto objection = objection_to_flags(line, *kind); !objection.empty()) {
        return objection;
    }
    const auto media = build(line, *kind);
    if (!media) {
        return flag_of(media.error().subject) + " is not valid: see docs/configuration.md, Names";
    }
    return *media;
}

} // namespace sluice::app
