#include "core/issuer/session_token.hpp"

#include "core/json/json_object_reader.hpp"
#include "core/media/media_id.hpp"
#include "crypto/jws.hpp"
#include "crypto/public_jws.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace sluice::core {

namespace json = boost::json;

namespace {

failure invalid(std::string_view subject) {
    return {errc::session_invalid, subject};
}

/// True when `name` is among the words of `list`, separated by single spaces (RFC 6749 §3.3).
bool has_word(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const auto end = std::min(list.find(' '), list.size());
        if (list.substr(0, end) == name) {
            return true;
        }
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

/// RFC 7519 §4.1.3: a text or a list of texts, and whoever is not in it must refuse the token.
/// `payload` is authenticated and has been found to be one strict object.
bool is_for(std::string_view payload, const std::string& audience) {
    boost::system::error_code ec;
    const auto document = json::parse({payload.data(), payload.size()}, ec);
    const auto* const object = ec ? nullptr : document.if_object();
    const auto* const aud = object == nullptr ? nullptr : object->if_contains("aud");
    if (aud == nullptr) {
        return audience.empty();
    }
    const auto is_ours = [&](const json::value& one) {
        return one.is_string() && !audience.empty() && one.get_string() == audience;
    };
    const auto* const list = aud->if_array();
    return list == nullptr ? is_ours(*aud) : std::ranges::any_of(*list, is_ours);
}

/// Header and payload of a token that `key` has signed, decoded.
struct opened {
    std::string header;
    std::string payload;
};

std::optional<opened> open(std::string_view token, const crypto::hmac_key& key) {
    const auto parts = crypto::compact_jws::split(token);
    const auto text = parts ? crypto::verified_jws::verify(*parts, key) : std::nullopt;
    return text ? std::optional<opened>({std::string(text->header()), std::string(text->payload())})
                : std::nullopt;
}

std::optional<opened> open(std::string_view token, const crypto::public_key& key) {
    const auto text = crypto::public_jws::verify(token, key);
    return text ? std::optional<opened>({std::string(text->header()), std::string(text->payload())})
                : std::nullopt;
}

std::optional<opened> open(std::string_view token, const verifying_key& key) {
    return std::visit([token](const auto& one) { return open(token, one); }, key);
}

} // namespace

session_verifier::session_verifier(std::vector<session_key> keys, session_policy policy)
    : keys_(std::move(keys)), policy_(std::move(policy)) {}

result<session> session_verifier::verify(std::string_view token,
                                         std::chrono::sys_seconds now) const {
    for (const auto& key : keys_) {
        if (const auto text = open(token, key.key)) {
            const auto header = check_header(text->header, key);
            return header ? read_claims(text->payload, now) : header.error();
        }
    }
    return invalid("signature");
}

result<void> session_verifier::check_header(std::string_view text, const session_key& key) const {
    std::string alg;
    std::string kid;
    const std::array members{
        json_member{.name = "alg", .destination = &alg},
        json_member{.name = "kid", .destination = &kid},
        json_member{.name = "crit", .destination = json_forbidden{}},
        json_member{.name = "b64", .destination = json_forbidden{}},
    };
    if (const auto read = read_json_object(text, members, errc::session_invalid); !read) {
        return read;
    }
    if (alg != algorithm_of(key.key)) {
        return invalid("alg");
    }
    if (!kid.empty() && !key.kid.empty() && kid != key.kid) {
        return invalid("kid");
    }
    return {};
}

result<session> session_verifier::read_claims(std::string_view text,
                                              std::chrono::sys_seconds now) const {
    std::string iss;
    std::string sub;
    std::string scope;
    std::optional<std::int64_t> exp;
    std::optional<std::int64_t> nbf;
    const std::array members{
        json_member{.name = "iss", .destination = &iss},
        json_member{.name = "sub", .destination = &sub},
        json_member{.name = "exp", .destination = &exp},
        json_member{.name = "nbf", .destination = &nbf},
        json_member{.name = "scope", .destination = &scope},
    };
    if (const auto read = read_json_object(text, members, errc::session_invalid); !read) {
        return read.error();
    }
    const auto seconds = now.time_since_epoch().count();
    if (!exp) {
        return invalid("exp");
    }
    if (seconds >= *exp) {
        return failure{errc::session_expired, "exp"};
    }
    if (nbf && *nbf > seconds + policy_.leeway.count()) {
        return invalid("nbf");
    }
    if (!policy_.issuer.empty() && iss != policy_.issuer) {
        return invalid("iss");
    }
    if (!is_for(text, policy_.audience)) {
        return invalid("aud");
    }
    if (!is_identifier(sub)) {
        return invalid("sub");
    }
    const bool is_issuer = !policy_.scope.empty() && has_word(scope, policy_.scope);
    return session{.user_id = std::move(sub), .is_issuer = is_issuer};
}

} // namespace sluice::core
