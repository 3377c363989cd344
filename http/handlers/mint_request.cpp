#include "http/handlers/mint_request.hpp"

#include "core/token/ttl.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace sluice::http {

namespace {

using core::errc;
using core::failure;
using core::media_kind;

constexpr std::array<std::string_view, 8> known{"type",      "user_id",   "filename", "rel",
                                                "course_id", "module_id", "ttl",      "resume"};

// Fails with the first of `names` that is present: it does not apply to the type.
core::result<void> refuse_foreign(const query_parameters& query,
                                  std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
        const auto value = query.get(name);
        if (!value) {
            return value.error();
        }
        if (*value) {
            return failure{errc::parameter_not_applicable, name};
        }
    }
    return {};
}

core::result<core::media_id> read_lesson(const query_parameters& query, std::string_view filename) {
    if (const auto clean = refuse_foreign(query, {"course_id", "module_id"}); !clean) {
        return clean.error();
    }
    const auto rel = query.require("rel");
    return rel ? core::media_id::lesson(*rel, filename) : rel.error();
}

core::result<core::media_id> read_course(const query_parameters& query, std::string_view filename) {
    if (const auto clean = refuse_foreign(query, {"rel", "module_id"}); !clean) {
        return clean.error();
    }
    const auto course = query.require("course_id");
    return course ? core::media_id::course(*course, filename) : course.error();
}

core::result<core::media_id> read_module(const query_parameters& query, std::string_view filename) {
    if (const auto clean = refuse_foreign(query, {"rel"}); !clean) {
        return clean.error();
    }
    const auto course = query.require("course_id");
    if (!course) {
        return course.error();
    }
    const auto module_id = query.require("module_id");
    return module_id ? core::media_id::module(*course, *module_id, filename) : module_id.error();
}

core::result<core::media_id> read_media(const query_parameters& query) {
    const auto type = query.require("type");
    if (!type) {
        return type.error();
    }
    const auto kind = core::parse_media_kind(*type);
    if (!kind) {
        return failure{errc::parameter_invalid, "type"};
    }
    const auto filename = query.require("filename");
    if (!filename) {
        return filename.error();
    }
    switch (*kind) {
    case media_kind::lesson:
        return read_lesson(query, *filename);
    case media_kind::course:
        return read_course(query, *filename);
    case media_kind::module:
        break;
    }
    return read_module(query, *filename);
}

core::result<std::string_view> read_user(const query_parameters& query) {
    const auto user = query.require("user_id");
    if (user && !core::is_identifier(*user)) {
        return failure{errc::parameter_invalid, "user_id"};
    }
    return user;
}

using span_parser = std::optional<std::chrono::seconds> (*)(std::string_view) noexcept;

core::result<std::optional<std::chrono::seconds>>
read_span(const query_parameters& query, std::string_view name, span_parser parse) {
    const auto text = query.get(name);
    if (!text) {
        return text.error();
    }
    if (!*text) {
        return std::optional<std::chrono::seconds>{};
    }
    const auto span = parse(**text);
    if (!span) {
        return failure{errc::parameter_invalid, name};
    }
    return span;
}

} // namespace

core::result<mint_request> read_mint_request(const query_parameters& query) {
    const auto media = read_media(query);
    if (!media) {
        return media.error();
    }
    const auto user = read_user(query);
    if (!user) {
        return user.error();
    }
    const auto ttl = read_span(query, "ttl", core::parse_ttl);
    if (!ttl) {
        return ttl.error();
    }
    const auto resume = read_span(query, "resume", core::parse_resume);
    if (!resume) {
        return resume.error();
    }
    return mint_request{.media = *media, .user_id = *user, .ttl = *ttl, .resume = *resume};
}

std::size_t count_unknown(const query_parameters& query) noexcept {
    return query.count_if_name(
        [](std::string_view name) { return std::ranges::find(known, name) == known.end(); });
}

} // namespace sluice::http
