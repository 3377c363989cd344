#include "core/token/claims.hpp"

#include "core/json/json_object_reader.hpp"
#include "core/json/json_object_writer.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace sluice::core {

namespace {

constexpr std::int64_t max_rate = std::int64_t{1} << 40; // as core/download/rate_bucket.hpp

failure bad_claim(std::string_view name) {
    return {errc::token_claims, name};
}

/// All identifiers that the type requires must be present, and no others.
result<void> check_binding(const claims& read) {
    struct identifier_rule {
        std::string_view name;
        const std::string& value;
        bool wanted;
    };
    const bool lesson = read.kind == media_kind::lesson;
    const bool module = read.kind == media_kind::module;
    const std::array<identifier_rule, 3> rules{{
        {"rel", read.rel, lesson},
        {"course_id", read.course_id, !lesson},
        {"module_id", read.module_id, module},
    }};
    for (const auto& rule : rules) {
        if (rule.value.empty() == rule.wanted) {
            return bad_claim(rule.name);
        }
    }
    if (!read.owner.empty() && (lesson || !is_identifier(read.owner))) {
        return bad_claim("owner");
    }
    return {};
}

/// Whole seconds: no other times are issued here.
std::optional<std::int64_t> whole(const std::optional<numeric_date>& when) noexcept {
    return when ? std::optional(when->seconds) : std::nullopt;
}

} // namespace

void claims::clear() noexcept {
    kind = {};
    for (std::string* text :
         {&filename, &rel, &course_id, &module_id, &owner, &user_id, &jti, &iss, &aud}) {
        text->clear();
    }
    iat.reset();
    nbf.reset();
    exp = {};
    resume_until.reset();
    rate.reset();
    signed_by = {};
    is_ahead = false;
    is_in_window = false;
}

bool claims::are_bound_to(const media_id& media) const noexcept {
    if (kind != media.kind() || filename != media.filename()) {
        return false;
    }
    if (kind != media_kind::lesson) {
        return course_id == media.course_id() && module_id == media.module_id();
    }
    std::string_view rest = rel; // split at '/': no identifier of `media` holds one
    for (const auto part : {media.trainer_id(), media.course_id(), media.module_id()}) {
        if (rest.size() <= part.size() || !rest.starts_with(part) || rest[part.size()] != '/') {
            return false;
        }
        rest.remove_prefix(part.size() + 1);
    }
    return rest == media.lesson_id();
}

result<media_id> claims::media() const noexcept {
    const auto named = [this] {
        switch (kind) {
        case media_kind::course:
            return media_id::course(course_id, filename);
        case media_kind::module:
            return media_id::module(course_id, module_id, filename);
        case media_kind::lesson:
            break;
        }
        return media_id::lesson(rel, filename);
    }();
    if (!named) {
        return bad_claim(named.error().subject);
    }
    return named;
}

result<void> parse_claims(std::string_view json, claims& out) {
    out.clear();
    std::string type;
    std::optional<numeric_date> exp;
    // An issuer may fill one template for all types, with null for claims that do not apply
    // (server.py's generate_download_token_v2 has them as optional arguments): only for these
    // claims, null means absence. The order is that of append_json: our own tokens are then read
    // without the general reader.
    const std::array members{
        json_member{.name = "type", .destination = &type},
        json_member{.name = "filename", .destination = &out.filename},
        json_member{.name = "rel", .destination = &out.rel, .null_is_absent = true},
        json_member{.name = "course_id", .destination = &out.course_id, .null_is_absent = true},
        json_member{.name = "module_id", .destination = &out.module_id, .null_is_absent = true},
        json_member{.name = "owner", .destination = &out.owner, .null_is_absent = true},
        json_member{.name = "user_id", .destination = &out.user_id},
        json_member{.name = "iat", .destination = &out.iat},
        json_member{.name = "nbf", .destination = &out.nbf},
        json_member{.name = "exp", .destination = &exp},
        json_member{.name = "resume_until", .destination = &out.resume_until},
        json_member{.name = "rate", .destination = &out.rate},
        json_member{.name = "jti", .destination = &out.jti},
        json_member{.name = "iss", .destination = &out.iss},
        json_member{.name = "aud", .destination = &out.aud},
    };
    if (const auto read = read_json_object(json, members, errc::token_claims); !read) {
        return read;
    }
    const auto kind = parse_media_kind(type);
    if (!kind) {
        return bad_claim("type");
    }
    if (!exp) {
        return bad_claim("exp"); // RFC 7519 §4.1.4 has it optional; a download token lives briefly
    }
    if (out.filename.empty()) {
        return bad_claim("filename");
    }
    if (!is_identifier(out.user_id)) {
        return bad_claim("user_id");
    }
    if (out.resume_until && *out.resume_until <= *exp) {
        return bad_claim("resume_until");
    }
    if (out.rate && (*out.rate < 1 || *out.rate > max_rate)) {
        return bad_claim("rate");
    }
    out.kind = *kind;
    out.exp = *exp;
    return check_binding(out);
}

void append_json(const claims& from, std::string& out) {
    json_object_writer object(out);
    object.text("type", name_of(from.kind));
    object.text("filename", from.filename);
    object.text_if_any("rel", from.rel);
    object.text_if_any("course_id", from.course_id);
    object.text_if_any("module_id", from.module_id);
    object.text_if_any("owner", from.owner);
    object.text("user_id", from.user_id);
    object.number_if_any("iat", whole(from.iat));
    object.number_if_any("nbf", whole(from.nbf));
    object.number("exp", from.exp.seconds);
    object.number_if_any("resume_until", whole(from.resume_until));
    object.number_if_any("rate", from.rate);
    object.text_if_any("jti", from.jti);
    object.text_if_any("iss", from.iss);
    object.text_if_any("aud", from.aud);
    object.end();
}

} // namespace sluice::core
