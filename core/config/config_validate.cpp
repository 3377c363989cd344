#include "core/config/config_validate.hpp"

#include "core/access/store_url.hpp"
#include "core/address/http_url.hpp"
#include "core/address/ip_address.hpp"
#include "core/address/web_origin.hpp"
#include "core/config/access_fields.hpp"
#include "core/config/config_origins.hpp"
#include "core/config/config_validate_listeners.hpp"
#include "core/media/media_layout.hpp"
#include "core/text/ascii_class.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::core {

namespace {

using problems = std::vector<operator_problem>;

/// RFC 9110 §5.1, without "*", which has another meaning in Access-Control-Allow-Headers.
bool is_field_name(std::string_view text) {
    constexpr std::size_t most = 128;
    return text.size() <= most && is_http_token(text) && text.find('*') == std::string_view::npos;
}

void check_cors_headers(const std::vector<std::string>& names, problems& out) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!is_field_name(names[i])) {
            out.push_back(
                {"cors.allowed_headers",
                 "entry " + std::to_string(i + 1) +
                     " must be the name of a field, such as X-Trace-Id; * is not a name"});
        }
    }
}

void check_web(const config& settings, problems& out) {
    check_cors_headers(settings.cors.allowed_headers, out);
    if (!settings.public_base_url.empty()) {
        if (auto objection = objection_to_base_url(settings.public_base_url); !objection.empty()) {
            out.push_back({"public_base_url", std::move(objection)});
        }
    }
    const auto& origins = settings.cors.allowed_origins;
    const std::string path = "cors.allowed_origins";
    if (std::ranges::count(origins, "*") > 0) {
        if (origins.size() > 1) {
            out.push_back({path, "\"*\" must stand alone"});
        }
        return;
    }
    for (std::size_t i = 0; i < origins.size(); ++i) {
        if (const auto objection = objection_to_origin(origins[i]); !objection.empty()) {
            out.push_back({path, "entry " + std::to_string(i + 1) + " " + objection});
        }
    }
}

/// The templates of an origin at `place`, as far as they are valid; problems of the others.
struct parsed_layout {
    parsed_layout(const origin_settings& of, const std::string& place, problems& out)
        : lesson(read(media_kind::lesson, of.layout_lesson, place, out)),
          course(read(media_kind::course, of.layout_course, place, out)),
          module(read(media_kind::module, of.layout_module, place, out)) {}

    [[nodiscard]] bool is_whole() const noexcept { return lesson && course && module; }
    /// True when a template shows who owns a course. REQUIRES: is_whole().
    [[nodiscard]] bool has_catalogue() const {
        return !(lesson->course_directory().empty() && course->course_directory().empty() &&
                 module->course_directory().empty());
    }

    std::optional<layout_template> lesson;
    std::optional<layout_template> course;
    std::optional<layout_template> module;

  private:
    static std::optional<layout_template> read(media_kind kind, const std::string& text,
                                               const std::string& place, problems& out) {
        std::string fault;
        auto parsed = layout_template::parse(kind, text, fault);
        if (!parsed) {
            out.push_back({place + ".layout." + std::string(name_of(kind)), std::move(fault)});
        }
        return parsed;
    }
};

void check_layout(const parsed_layout& layout, const std::string& place, media_owners owners,
                  problems& out) {
    const auto setting = [&](media_kind kind) {
        return place + ".layout." + std::string(name_of(kind));
    };
    // The caller chooses the trainer of a lesson, so the trainer proves ownership only when the
    // file's path contains it (docs/authorisation.md).
    if (!layout.lesson->names_trainer() && owners != media_owners::nobody) {
        out.push_back({setting(media_kind::lesson),
                       "does not name {trainer_id}, so every caller would own every lesson: put "
                       "{trainer_id} into the path, or set issuer.owners to nobody, so that only "
                       "grants and trusted issuer keys entitle to tokens"});
    }
    media_kind at{};
    std::string fault;
    if (!media_layout::combine(*layout.lesson, *layout.course, *layout.module, at, fault)) {
        out.push_back({setting(at), std::move(fault)});
    }
    // The URL of a presentation does not contain the trainer, so the catalogue must be able to find
    // it.
    const bool needs_catalogue = layout.course->names_trainer() || layout.module->names_trainer();
    if (needs_catalogue && !layout.has_catalogue()) {
        out.push_back(
            {setting(layout.course->names_trainer() ? media_kind::course : media_kind::module),
             "names the trainer, but no template has {trainer_id} and {course_id} in "
             "segments of their own, where the owner of a course could be looked up"});
    }
}

/// True when the origin has a template of its own.
bool has_layout(const origin_settings& one) noexcept {
    return !(one.layout_lesson.empty() && one.layout_course.empty() && one.layout_module.empty());
}

/// The origins; where there are none, one with the layout of all.
std::vector<origin_settings> origins_with_layouts(const config& settings) {
    auto media = settings.media;
    if (media.origins.empty()) {
        media.root = "/";
    }
    return all_origins(media);
}

void check_media(const config& settings, config_use use, problems& out) {
    const auto& media = settings.media;
    if (use == config_use::serve && media.root.empty() && media.origins.empty()) {
        out.push_back({"media.root",
                       "is required: set it to the directory that holds the media, or "
                       "set media.origins to directories and object stores"});
    }
    check_origins(settings, out);
    const auto origins = origins_with_layouts(settings);
    bool is_common_checked = false; // media.layout, which several origins may have
    for (std::size_t i = 0; i < origins.size(); ++i) {
        const bool is_common = media.origins.empty() || !has_layout(media.origins[i]);
        if (is_common && std::exchange(is_common_checked, true)) {
            continue;
        }
        const auto place = is_common ? "media" : origin_place(media, i);
        const parsed_layout layout(origins[i], place, out);
        if (layout.is_whole()) {
            check_layout(layout, place, settings.issuer.owners, out);
        }
    }
}

void check_key_set(const config::issuer_section& issuer, problems& out) {
    if (issuer.jwt_jwks_url.empty()) {
        if (!issuer.jwt_jwks_ca_file.empty()) {
            out.push_back({"issuer.jwt.jwks_ca_file", "has no effect without issuer.jwt.jwks_url"});
        }
        return;
    }
    std::string fault;
    const auto url = parse_http_url(issuer.jwt_jwks_url, fault);
    if (url && !url->is_secure && !url->is_loopback()) {
        fault = "must begin with https://: whoever can change the keys on their way can mint any "
                "token; http:// is for this machine alone (localhost, 127.0.0.1, [::1])";
    } else if (url && !url->is_secure && !issuer.jwt_jwks_ca_file.empty()) {
        fault = "must begin with https:// where issuer.jwt.jwks_ca_file is set";
    }
    if (!fault.empty()) {
        out.push_back({"issuer.jwt.jwks_url", std::move(fault)});
    }
    if (!issuer.jwt_key_file.empty()) {
        out.push_back({"issuer.jwt.jwks_url", "cannot be used together with issuer.jwt.key_file"});
    }
}

void check_issuer(const config& settings, problems& out) {
    const auto& issuer = settings.issuer;
    const bool is_auto = issuer.mode.has(issuer_mode::automatic);
    if (issuer.mode.has(issuer_mode::key) && issuer.keys_file.empty()) {
        out.push_back({"issuer.keys_file", "is needed where issuer.mode has key: sluice key new"});
    }
    const bool has_jwt = !issuer.jwt_key_file.empty() || !issuer.jwt_jwks_url.empty();
    if (issuer.mode.has(issuer_mode::jwt) && !has_jwt) {
        out.push_back(
            {"issuer.jwt.key_file", "is needed where issuer.mode has jwt, or issuer.jwt.jwks_url"});
    }
    if (!issuer.keys_file.empty() && !is_auto && !issuer.mode.has(issuer_mode::key)) {
        out.push_back({"issuer.keys_file", "has no effect: issuer.mode must have auto or key"});
    }
    if (has_jwt && !is_auto && !issuer.mode.has(issuer_mode::jwt)) {
        out.push_back({issuer.jwt_key_file.empty() ? "issuer.jwt.jwks_url" : "issuer.jwt.key_file",
                       "has no effect: issuer.mode must have auto or jwt"});
    }
    check_key_set(issuer, out);
    if (issuer.mode.has(issuer_mode::local) && issuer.mode.has(issuer_mode::none)) {
        out.push_back({"issuer.mode", "cannot be local and none: none lets every caller mint"});
    }
}

void check_agreement(const config& settings, problems& out) {
    if (settings.tokens.default_ttl > settings.tokens.max_ttl) {
        out.push_back({"tokens.default_ttl", "must not exceed tokens.max_ttl"});
    }
    if (settings.tokens.default_resume > settings.tokens.max_resume) {
        out.push_back({"tokens.default_resume", "must not exceed tokens.max_resume"});
    }
    if (settings.limits.target_bytes >= settings.limits.header_bytes) {
        out.push_back({"limits.target_bytes", "must be below limits.header_bytes"});
    }
    if (!settings.store.url.empty()) {
        if (auto objection = objection_to_store_url(settings.store.url); !objection.empty()) {
            out.push_back({"store.url", std::move(objection)});
        }
    }
    if (settings.log.audit.empty()) {
        out.push_back({"log.audit", "must be a path, - for standard output, or off"});
    }
    if (settings.log.access.empty()) {
        out.push_back({"log.access", "must be a path, - for standard output, or off"});
    }
    if (auto objection = objection_to_access_fields(settings.log.access_fields);
        !objection.empty()) {
        out.push_back({"log.access_fields", std::move(objection)});
    }
}

void check_peers(const config& settings, problems& out) {
    const auto& peers = settings.limits.uncounted_peers;
    for (std::size_t i = 0; i < peers.size(); ++i) {
        if (!parse_address_block(peers[i])) {
            out.push_back({"limits.uncounted_peers",
                           "entry " + std::to_string(i + 1) +
                               " must be an address or a CIDR block without host bits, such as "
                               "192.0.2.7, 10.0.0.0/8 or fd00::/8"});
        }
    }
}

} // namespace

std::vector<std::string> remarks(const config& settings) {
    std::vector<std::string> all;
    problems unused;
    const auto origins = origins_with_layouts(settings);
    const bool has_catalogue = std::ranges::any_of(origins, [&](const auto& one) {
        const parsed_layout layout(one, {}, unused);
        return layout.is_whole() && layout.has_catalogue();
    });
    if (settings.issuer.owners == media_owners::trainers && !has_catalogue) {
        all.emplace_back(
            "media.layout: nobody owns presentations of courses and modules, because no "
            "template has {trainer_id} and {course_id} in directories of their own; "
            "grants and trusted issuer keys alone entitle to them");
    }
    return all;
}

std::vector<operator_problem> validate(const config& settings, config_use use) {
    problems out;
    check_listeners(settings, out);
    check_web(settings, out);
    check_media(settings, use, out);
    check_peers(settings, out);
    check_issuer(settings, out);
    if (settings.issuer.mode.has(issuer_mode::local)) {
        check_local_only(settings, out);
    }
    check_agreement(settings, out);
    return out;
}

} // namespace sluice::core
