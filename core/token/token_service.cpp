#include "core/token/token_service.hpp"

#include "core/token/jose_header.hpp"
#include "crypto/base64url.hpp"
#include "crypto/jws.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <unordered_set>
#include <utility>

namespace sluice::core {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t max_key_id_bytes = 64;

// The time for which a node may go on signing with a key after the not_before of the next key,
// because clocks differ.
constexpr std::chrono::seconds replacement_slack{120};

/// Verifies a token whose header equals one of ours byte for byte: only that key is tried, and the
/// header need not be parsed.
result<void> open_own(const crypto::compact_jws& token, const signing_key& key, claims& out) {
    const auto verified =
        crypto::verified_jws::verify(token, key.key(), crypto::jws_parts::payload);
    if (!verified) {
        return failure{errc::token_signature};
    }
    const auto parsed = parse_claims(verified->payload(), out);
    out.signed_by = key.kid();
    return parsed;
}

/// The text that every token of ours with this header begins with. Claims begin with the type
/// (append_json).
std::string start_of_tokens(std::string_view encoded_header) {
    constexpr std::string_view claims = R"({"type":")"; // 9 bytes: no bits of a tenth are mixed in
    static_assert(claims.size() % 3 == 0);
    std::string start(encoded_header);
    start += '.';
    crypto::base64url_append(claims, start);
    return start;
}

bool is_named_by(std::string_view kid, std::uint32_t signers, std::span<const signing_key> keys) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if ((signers >> i & 1U) != 0 && keys[i].kid() == kid) {
            return true;
        }
    }
    return false;
}

/// Verifies a token with any other header: one of server.py, or one that we did not sign. The
/// header needs no parsing when its bytes are known.
result<void> open_foreign(const crypto::compact_jws& token, const key_ring& ring, claims& out) {
    const std::span keys(ring.keys());
    const auto known = ring.kid_of_usual_header(token.encoded_header());
    static_assert(max_keys <= 32);
    std::array<const crypto::hmac_key*, max_keys> candidates{};
    std::ranges::transform(keys, candidates.begin(), [](const auto& one) { return &one.key(); });
    std::uint32_t signers = 0; // two names may share one secret while an operator renames a key
    const auto verified = crypto::verified_jws::verify(
        token, std::span(candidates).first(keys.size()), signers,
        known ? crypto::jws_parts::payload : crypto::jws_parts::header_and_payload);
    if (!verified) {
        return failure{signers == 0 ? errc::token_signature : errc::token_malformed};
    }
    std::string room;
    if (!known) {
        if (const auto read = read_jose_header(verified->header(), room); !read) {
            return read;
        }
    }
    const auto kid = known.value_or(room);
    if (!kid.empty() && !is_named_by(kid, signers, keys)) {
        return failure{errc::token_algorithm, "kid"};
    }
    const auto parsed = parse_claims(verified->payload(), out);
    out.signed_by = keys[static_cast<std::size_t>(std::countr_zero(signers))].kid();
    return parsed;
}

result<void> open(const crypto::compact_jws& token, const key_ring& ring, claims& out) {
    const auto& keys = ring.keys();
    const auto own = std::ranges::find(keys, token.encoded_header(), &signing_key::encoded_header);
    return own == keys.end() ? open_foreign(token, ring, out) : open_own(token, *own, out);
}

/// Checks iss and aud against the configuration.
result<void> check_parties(const claims& read, const token_policy& policy) {
    if (!policy.issuer.empty() && read.iss != policy.issuer) {
        return failure{errc::token_claims, "iss"};
    }
    // Also when no audience is configured: RFC 7519 §4.1.3, a recipient that is not in aud must
    // reject the token.
    if (read.aud != policy.audience) {
        return failure{errc::token_claims, "aud"};
    }
    return {};
}

/// RFC 7519 §4.1.4: "on or after".
bool is_expired(const claims& read, std::chrono::system_clock::time_point now) {
    return numeric_date(now) >= read.exp;
}

/// Checks iat and nbf.
result<void> check_begin(claims& read, std::chrono::system_clock::time_point now,
                         std::chrono::seconds leeway) {
    const numeric_date instant(now);
    read.is_ahead = (read.nbf && *read.nbf > instant) || (read.iat && *read.iat > instant);
    if (!read.is_ahead) {
        return {};
    }
    const numeric_date latest(now + leeway);
    if (read.nbf && *read.nbf > latest) {
        return failure{errc::token_not_yet_valid, "nbf"};
    }
    if (read.iat && *read.iat > latest) {
        return failure{errc::token_not_yet_valid, "iat"};
    }
    return {};
}

result<void> check_binding(const claims& read, const media_id& wanted) {
    if (read.are_bound_to(wanted)) {
        return {};
    }
    const auto media = read.media();
    return media ? failure{errc::token_mismatch} : media.error();
}

void bind(const media_id& media, std::string_view owner, claims& to) {
    to.kind = media.kind();
    to.filename = media.filename();
    if (media.kind() == media_kind::lesson) {
        media.append_rel(to.rel);
    } else {
        to.course_id = media.course_id();
        to.module_id = media.module_id();
        to.owner = owner;
    }
}

} // namespace

bool is_key_id(std::string_view text) noexcept {
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return !text.empty() && text.size() <= max_key_id_bytes &&
           text.find_first_not_of(allowed) == std::string_view::npos;
}

signing_key::signing_key(std::string kid, const crypto::hmac_key& key, key_window window)
    : kid_(std::move(kid)), encoded_header_(encode_jose_header(kid_)),
      key_(key.expecting(start_of_tokens(encoded_header_))), window_(window),
      usual_headers_(encode_usual_headers(kid_)) {
    if (!is_key_id(kid_)) {
        throw std::invalid_argument("a key id is 1 to 64 of A-Z a-z 0-9 . _ -");
    }
}

bool signing_key::is_named_by(std::string_view encoded) const noexcept {
    return std::ranges::find(usual_headers_, encoded) != usual_headers_.end();
}

key_ring::key_ring(std::vector<signing_key> keys)
    : keys_(std::move(keys)), nameless_headers_(encode_usual_headers({})) {
    if (keys_.empty() || keys_.size() > max_keys) {
        throw std::invalid_argument("a key ring holds 1 to " + std::to_string(max_keys) + " keys");
    }
    std::unordered_set<std::string_view> kids;
    for (const signing_key& key : keys_) {
        if (!kids.insert(key.kid()).second) {
            throw std::invalid_argument("two keys share the id " + key.kid());
        }
        has_windows_ = has_windows_ || key.window().not_before || key.window().not_after;
    }
}

const signing_key& key_ring::signer(std::chrono::sys_seconds now) const noexcept {
    if (!has_windows_) {
        return keys_.front();
    }
    const auto instant = now.time_since_epoch().count();
    const auto found = std::ranges::find_if(keys_, [instant](const signing_key& key) {
        const auto& window = key.window();
        return window.not_before.value_or(instant) <= instant &&
               instant < window.not_after.value_or(instant + 1);
    });
    return found == keys_.end() ? keys_.back() : *found;
}

bool key_ring::is_over(std::string_view kid, std::chrono::sys_seconds now,
                       std::chrono::seconds grace) const noexcept {
    if (!has_windows_) {
        return false;
    }
    const auto instant = now.time_since_epoch().count();
    bool is_replaced = false; // replaced so long ago that all its tokens have expired
    for (const auto& key : keys_) {
        if (key.kid() == kid) {
            return is_replaced || instant >= key.window().not_after.value_or(instant + 1);
        }
        const auto& began = key.window().not_before;
        is_replaced = is_replaced || (began && instant >= *began + grace.count());
    }
    return false;
}

std::optional<std::string_view>
key_ring::kid_of_usual_header(std::string_view encoded) const noexcept {
    if (std::ranges::find(nameless_headers_, encoded) != nameless_headers_.end()) {
        return std::string_view{};
    }
    const auto named = std::ranges::find_if(
        keys_, [encoded](const signing_key& key) { return key.is_named_by(encoded); });
    return named == keys_.end() ? std::nullopt : std::optional<std::string_view>(named->kid());
}

token_service::token_service(const key_ring& keys, token_policy policy)
    : keys_(keys), policy_(std::move(policy)) {}

const issued_token& token_service::issue(const token_order& order, token_press& with) const {
    auto& token = with.token;
    auto& fresh = with.claims;
    auto& payload = with.payload;
    token.expires_in = std::min(order.ttl.value_or(policy_.default_ttl), policy_.max_ttl);
    auto window = std::min(order.resume.value_or(policy_.default_resume), policy_.max_resume);
    if (order.until) {
        const std::chrono::seconds left(*order.until - order.now.time_since_epoch().count());
        token.expires_in = std::min(token.expires_in, left);
        window = std::min(window, left - token.expires_in);
    }
    const bool has_window = window > window.zero();
    token.resume_expires_in = has_window ? token.expires_in + window : window.zero();
    with.ids.next(token.jti);
    fresh.clear();
    bind(order.media, order.owner, fresh);
    fresh.user_id = order.user_id;
    fresh.iat = order.now.time_since_epoch().count();
    fresh.exp = (order.now + token.expires_in).time_since_epoch().count();
    if (has_window) {
        fresh.resume_until = (order.now + token.resume_expires_in).time_since_epoch().count();
    }
    fresh.jti = token.jti;
    if (policy_.rate != 0) {
        fresh.rate = static_cast<std::int64_t>(policy_.rate);
    }
    fresh.iss = policy_.issuer;
    fresh.aud = policy_.audience;

    payload.clear();
    append_json(fresh, payload);
    const signing_key& key = keys_.signer(order.now);
    crypto::sign_compact(key.encoded_header(), payload, key.key(), token.token);
    return token;
}

issued_token token_service::issue(const media_id& media, std::string_view user_id,
                                  std::optional<std::chrono::seconds> ttl,
                                  std::chrono::sys_seconds now, std::string_view owner) const {
    token_press once;
    return issue({.media = media, .user_id = user_id, .ttl = ttl, .now = now, .owner = owner},
                 once);
}

result<void> token_service::verify(std::string_view token,
                                   std::chrono::system_clock::time_point now, claims& out) const {
    const auto parts = crypto::compact_jws::split(token);
    if (!parts) {
        return failure{errc::token_malformed};
    }
    if (const auto opened = open(*parts, keys_, out); !opened) {
        return opened;
    }
    const bool has_expired = is_expired(out, now);
    // In its added time a replaced key verifies expired tokens with a window, and no others.
    const auto window = has_expired && out.resume_until ? policy_.max_resume : 0s;
    if (keys_.is_over(out.signed_by, std::chrono::floor<std::chrono::seconds>(now),
                      policy_.max_ttl + replacement_slack + window)) {
        return failure{errc::token_signature, "kid"}; // as if the key were gone
    }
    if (const auto parties = check_parties(out, policy_); !parties) {
        return parties;
    }
    return has_expired ? failure{errc::token_expired, "exp"}
                       : check_begin(out, now, policy_.leeway);
}

result<void> token_service::authorise(std::string_view token, const media_id& wanted,
                                      std::chrono::system_clock::time_point now,
                                      claims& out) const {
    if (const auto verified = verify(token, now, out); !verified) {
        return verified;
    }
    return check_binding(out, wanted);
}

result<void> token_service::authorise_resume(const media_id& wanted,
                                             std::chrono::system_clock::time_point now,
                                             claims& read) const {
    if (!read.resume_until || numeric_date(now) >= *read.resume_until) {
        return failure{errc::token_expired, "exp"};
    }
    if (const auto begun = check_begin(read, now, policy_.leeway); !begun) {
        return begun;
    }
    const auto bound = check_binding(read, wanted);
    read.is_in_window = bound.has_value();
    return bound;
}

} // namespace sluice::core
