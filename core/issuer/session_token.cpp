#include "core/issuer/session_token.hpp"

#include "core/json/json_object_reader.hpp"
#include "core/media/media_id.hpp"
#include "crypto/base64url.hpp"
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

std::string_view view_of(const json::string& text) {
    return {text.data(), text.size()};
}

/// The members of a payload that may be a text or a list. `payload` is authenticated and has been
/// checked to be one strict object.
class loose_claims {
  public:
    explicit loose_claims(std::string_view payload) {
        boost::system::error_code ec;
        document_ = json::parse({payload.data(), payload.size()}, ec);
        object_ = ec ? nullptr : document_.if_object();
    }

    /// RFC 7519 §4.1.3: a text or a list of texts; a recipient that is not in it must reject the
    /// token.
    [[nodiscard]] bool is_for(const std::string& audience) const {
        const auto* const aud = find("aud");
        if (aud == nullptr) {
            return audience.empty();
        }
        const auto is_ours = [&](const json::value& one) {
            return one.is_string() && !audience.empty() && one.get_string() == audience;
        };
        const auto* const list = aud->if_array();
        return list == nullptr ? is_ours(*aud) : std::ranges::any_of(*list, is_ours);
    }

    /// True when `scope` contains `wanted`. The claim is a text of words (RFC 8693 §4.2), or a list
    /// of texts, as some identity providers write it. nullopt when it is neither, nor null.
    [[nodiscard]] std::optional<bool> has_scope(const std::string& wanted) const {
        const auto* const scope = find("scope");
        if (scope == nullptr || scope->is_null()) {
            return false;
        }
        if (const auto* const text = scope->if_string()) {
            return !wanted.empty() && has_word(view_of(*text), wanted);
        }
        const auto* const list = scope->if_array();
        if (list == nullptr) {
            return std::nullopt;
        }
        return !wanted.empty() && std::ranges::any_of(*list, [&](const json::value& one) {
            return one.is_string() && view_of(one.get_string()) == wanted;
        });
    }

  private:
    [[nodiscard]] const json::value* find(json::string_view name) const {
        return object_ == nullptr ? nullptr : object_->if_contains(name);
    }

    json::value document_;
    const json::object* object_ = nullptr;
};

/// The payload of a token that `key` has signed, decoded.
std::optional<std::string> open(std::string_view token, const crypto::hmac_key& key) {
    const auto parts = crypto::compact_jws::split(token);
    const auto text = parts ? crypto::verified_jws::verify(*parts, key) : std::nullopt;
    return text ? std::optional(std::string(text->payload())) : std::nullopt;
}

std::optional<std::string> open(std::string_view token, const crypto::public_key& key) {
    const auto text = crypto::public_jws::verify(token, key);
    return text ? std::optional(std::string(text->payload())) : std::nullopt;
}

std::optional<std::string> open(std::string_view token, const verifying_key& key) {
    return std::visit([token](const auto& one) { return open(token, one); }, key);
}

} // namespace

session_verifier::session_verifier(std::vector<session_key> keys, session_policy policy)
    : keys_(std::move(keys)), policy_(std::move(policy)) {}

result<session_verifier::choice> session_verifier::choose(std::string_view token) const {
    const auto header = token.size() > crypto::max_token_bytes
                            ? std::nullopt
                            : crypto::base64url_decode(token.substr(0, token.find('.')));
    std::string alg;
    std::string kid;
    const std::array members{
        json_member{.name = "alg", .destination = &alg},
        json_member{.name = "kid", .destination = &kid},
        json_member{.name = "crit", .destination = json_forbidden{}},
        json_member{.name = "b64", .destination = json_forbidden{}},
    };
    if (!header) {
        return invalid("header");
    }
    if (const auto read = read_json_object(*header, members, errc::session_invalid); !read) {
        return read.error();
    }
    choice found;
    bool is_named = false;
    for (const auto& key : keys_) {
        if (!kid.empty() && !key.kid.empty() && kid != key.kid) {
            continue;
        }
        is_named = true;
        if (!is_algorithm_of(alg, key.key)) {
            continue;
        }
        if (found.count == found.keys.size()) {
            return invalid("kid"); // too many to try, and it does not say which
        }
        found.keys[found.count++] = &key;
    }
    if (found.count == 0) {
        return invalid(is_named ? "alg" : "kid");
    }
    return found;
}

result<session> session_verifier::verify(std::string_view token,
                                         std::chrono::system_clock::time_point now,
                                         bool is_slowed) const {
    const auto chosen = choose(token);
    if (!chosen) {
        return chosen.error();
    }
    for (std::size_t i = 0; i < chosen->count; ++i) {
        const auto& key = chosen->keys[i]->key;
        if (is_slowed && std::holds_alternative<crypto::public_key>(key)) {
            return failure{errc::too_many_bad_credentials};
        }
        if (const auto payload = open(token, key)) {
            return read_claims(*payload, now);
        }
    }
    return invalid("signature");
}

result<void> session_verifier::check_time(const session_times& times,
                                          std::chrono::system_clock::time_point now,
                                          session& whose) const {
    const numeric_date instant(now);
    if (!times.exp) {
        return invalid("exp");
    }
    if (instant >= *times.exp) {
        return failure{errc::session_expired, "exp"};
    }
    const numeric_date latest(now + policy_.leeway);
    if (times.nbf && *times.nbf > latest) {
        return invalid("nbf");
    }
    if (times.iat && *times.iat > latest) {
        return invalid("iat");
    }
    whose.is_ahead = (times.nbf && *times.nbf > instant) || (times.iat && *times.iat > instant);
    return {};
}

result<session> session_verifier::read_claims(std::string_view text,
                                              std::chrono::system_clock::time_point now) const {
    session whose;
    std::string iss;
    session_times times;
    const std::array members{
        json_member{.name = "iss", .destination = &iss},
        json_member{.name = "sub", .destination = &whose.user_id},
        json_member{.name = "exp", .destination = &times.exp},
        json_member{.name = "nbf", .destination = &times.nbf},
        json_member{.name = "iat", .destination = &times.iat},
    };
    if (const auto read = read_json_object(text, members, errc::session_invalid); !read) {
        return read.error();
    }
    if (const auto timely = check_time(times, now, whose); !timely) {
        return timely.error();
    }
    if (!policy_.issuer.empty() && iss != policy_.issuer) {
        return invalid("iss");
    }
    const loose_claims loose(text);
    if (!loose.is_for(policy_.audience)) {
        return invalid("aud");
    }
    if (!is_identifier(whose.user_id)) {
        return invalid("sub");
    }
    const auto is_issuer = loose.has_scope(policy_.scope);
    if (!is_issuer) {
        return invalid("scope");
    }
    whose.is_issuer = *is_issuer;
    return whose;
}

} // namespace sluice::core
