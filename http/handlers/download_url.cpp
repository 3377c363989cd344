#include "http/handlers/download_url.hpp"

#include "core/text/percent.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sluice::http {

namespace {

using core::media_kind;

struct download_route {
    media_kind kind{};
    std::string_view prefix;  // its literal segments
    std::string_view pattern; // the prefix, and "/*" for each name
    std::size_t names = 0;
};

// In the order of media_kind.
constexpr std::array<download_route, 3> routes{{
    {media_kind::lesson, "/download2", "/download2/*/*/*/*/*", 5},
    {media_kind::course, "/download2/course", "/download2/course/*/*", 2},
    {media_kind::module, "/download2/module", "/download2/module/*/*/*", 3},
}};

constexpr bool is_consistent() {
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const auto& one = routes.at(i);
        if (static_cast<std::size_t>(one.kind) != i || !one.pattern.starts_with(one.prefix) ||
            one.pattern.size() != one.prefix.size() + 2 * one.names) {
            return false;
        }
    }
    return true;
}
static_assert(is_consistent());

constexpr const download_route& route_of(media_kind kind) noexcept {
    return routes[static_cast<std::size_t>(kind)];
}

/// True when the segments before the names equal the prefix.
bool has_prefix(std::span<const std::string_view> path, std::string_view prefix) noexcept {
    for (const auto segment : path) {
        if (prefix.empty() || !prefix.substr(1).starts_with(segment)) {
            return false;
        }
        prefix.remove_prefix(1 + segment.size());
        if (!prefix.empty() && prefix.front() != '/') {
            return false;
        }
    }
    return prefix.empty();
}

} // namespace

std::string_view download_pattern(media_kind kind) noexcept {
    return route_of(kind).pattern;
}

void append_download_path(const core::media_id& media, std::string& out) {
    out += route_of(media.kind()).prefix;
    const auto add = [&](std::string_view segment) {
        out += '/';
        core::append_percent_encoded(segment, out);
    };
    if (media.kind() == media_kind::lesson) {
        add(media.trainer_id());
    }
    add(media.course_id());
    if (media.kind() != media_kind::course) {
        add(media.module_id());
    }
    if (media.kind() == media_kind::lesson) {
        add(media.lesson_id());
    }
    add(media.filename());
}

core::result<core::media_id> media_at(media_kind kind,
                                      std::span<const std::string_view> path) noexcept {
    const auto names = path.last(route_of(kind).names);
    switch (kind) {
    case media_kind::lesson:
        return core::media_id::lesson(names[0], names[1], names[2], names[3], names[4]);
    case media_kind::course:
        return core::media_id::course(names[0], names[1]);
    case media_kind::module:
        break;
    }
    return core::media_id::module(names[0], names[1], names[2]);
}

std::optional<media_kind> download_kind_at(std::span<const std::string_view> path) noexcept {
    for (const auto& one : routes) {
        if (path.size() > one.names &&
            has_prefix(path.first(path.size() - one.names), one.prefix)) {
            return one.kind;
        }
    }
    return std::nullopt;
}

} // namespace sluice::http
