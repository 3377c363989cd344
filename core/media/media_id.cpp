#include "core/media/media_id.hpp"

#include "core/text/any_byte.hpp"
#include "core/text/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sluice::core {

namespace {

constexpr std::size_t identifier_max_bytes = 128; // docs/api.md §1
constexpr std::size_t file_name_max_bytes =
    255; // NAME_MAX of every Linux file system we serve from
constexpr std::size_t rel_parts = 4;

constexpr std::array<std::string_view, 3> kind_names{"lesson", "course", "module"};

/// True when all bytes are visible ASCII or spaces, and no separators: most names are.
bool is_plain_name(std::string_view text) noexcept {
    return !any_byte(text, [](auto byte) {
        return (byte < 0x20) | (byte >= 0x7F) | (byte == '/') | (byte == '\\');
    });
}

bool is_refused(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F || c == '/' || c == '\\';
}

bool is_name(std::string_view text, std::size_t max_bytes) noexcept {
    if (text.empty() || text.size() > max_bytes ||
        (text.front() == '.' && (text == "." || text == ".."))) {
        return false;
    }
    return is_plain_name(text) ||
           (std::ranges::none_of(text, is_refused) && !has_forbidden_code_point(text));
}

failure invalid(std::string_view parameter) noexcept {
    return {errc::parameter_invalid, parameter};
}

/// nullopt unless `rel` has exactly four parts. The parts themselves are not checked.
std::optional<std::array<std::string_view, rel_parts>> split_rel(std::string_view rel) noexcept {
    std::array<std::string_view, rel_parts> parts;
    for (std::size_t i = 0; i < rel_parts; ++i) {
        const std::size_t slash = rel.find('/');
        const bool is_last = i + 1 == rel_parts;
        if ((slash == std::string_view::npos) != is_last) {
            return std::nullopt;
        }
        parts[i] = rel.substr(0, slash);
        rel.remove_prefix(is_last ? rel.size() : slash + 1);
    }
    return parts;
}

} // namespace

std::string_view name_of(media_kind kind) noexcept {
    return kind_names[static_cast<std::size_t>(kind)];
}

std::optional<media_kind> parse_media_kind(std::string_view text) noexcept {
    for (std::size_t i = 0; i < kind_names.size(); ++i) {
        if (kind_names[i] == text) {
            return static_cast<media_kind>(i);
        }
    }
    return std::nullopt;
}

bool is_identifier(std::string_view text) noexcept {
    return is_name(text, identifier_max_bytes);
}

bool is_file_name(std::string_view text) noexcept {
    return is_name(text, file_name_max_bytes);
}

result<media_id> media_id::lesson(std::string_view trainer_id, std::string_view course_id,
                                  std::string_view module_id, std::string_view lesson_id,
                                  std::string_view filename) noexcept {
    for (const auto part : {trainer_id, course_id, module_id, lesson_id}) {
        if (!is_identifier(part)) {
            return invalid("rel");
        }
    }
    if (!is_file_name(filename)) {
        return invalid("filename");
    }
    media_id id;
    id.kind_ = media_kind::lesson;
    id.trainer_id_ = trainer_id;
    id.course_id_ = course_id;
    id.module_id_ = module_id;
    id.lesson_id_ = lesson_id;
    id.filename_ = filename;
    return id;
}

result<media_id> media_id::lesson(std::string_view rel, std::string_view filename) noexcept {
    const auto parts = split_rel(rel);
    if (!parts) {
        return invalid("rel");
    }
    const auto& [trainer_id, course_id, module_id, lesson_id] = *parts;
    return lesson(trainer_id, course_id, module_id, lesson_id, filename);
}

result<media_id> media_id::course(std::string_view course_id, std::string_view filename) noexcept {
    if (!is_identifier(course_id)) {
        return invalid("course_id");
    }
    if (!is_file_name(filename)) {
        return invalid("filename");
    }
    media_id id;
    id.kind_ = media_kind::course;
    id.course_id_ = course_id;
    id.filename_ = filename;
    return id;
}

result<media_id> media_id::module(std::string_view course_id, std::string_view module_id,
                                  std::string_view filename) noexcept {
    if (!is_identifier(module_id)) {
        return invalid("module_id");
    }
    auto id = course(course_id, filename);
    if (id) {
        id->kind_ = media_kind::module;
        id->module_id_ = module_id;
    }
    return id;
}

std::string media_id::rel() const {
    std::string text;
    append_rel(text);
    return text;
}

void media_id::append_rel(std::string& out) const {
    out.append(trainer_id_).append(1, '/').append(course_id_).append(1, '/');
    out.append(module_id_).append(1, '/').append(lesson_id_);
}

} // namespace sluice::core
