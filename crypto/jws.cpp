#include "crypto/jws.hpp"

#include "crypto/base64url.hpp"

#include <utility>

namespace sluice::crypto {

namespace {

constexpr std::size_t encoded_signature_bytes = base64url_encoded_size(mac_tag{}.size());
static_assert(base64url_decoded_size(encoded_signature_bytes) == mac_tag{}.size());

std::string_view as_text(const mac_tag& tag) noexcept {
    return {reinterpret_cast<const char*>(tag.data()), tag.size()};
}

} // namespace

std::optional<compact_jws> compact_jws::split(std::string_view token) noexcept {
    if (token.size() > max_token_bytes) {
        return std::nullopt;
    }
    const std::size_t first_dot = token.find('.');
    const std::size_t second_dot = token.find('.', first_dot + 1);
    if (first_dot == std::string_view::npos || second_dot == std::string_view::npos) {
        return std::nullopt;
    }
    compact_jws parts;
    const char* const begin = token.data();
    parts.signing_input_ = {begin, second_dot};
    parts.header_ = {begin, first_dot};
    parts.payload_ = {begin + first_dot + 1, second_dot - first_dot - 1};
    // A further dot is outside the alphabet, so the decoder rejects it.
    const std::string_view signature(begin + second_dot + 1, token.size() - second_dot - 1);
    if (parts.header_.empty() || parts.payload_.empty() ||
        signature.size() != encoded_signature_bytes ||
        !base64url_decode(signature, reinterpret_cast<char*>(parts.signature_.data()))) {
        return std::nullopt;
    }
    return parts;
}

bool compact_jws::is_signed_by(const hmac_key& key) const noexcept {
    return key.verify(signing_input_, as_text(signature_));
}

// One named result, engaged from the start, so that it is built in the caller's frame, neither
// copied nor zeroed.
std::optional<verified_jws> verified_jws::verify(const compact_jws& token, const hmac_key& key,
                                                 jws_parts wanted) noexcept {
    std::optional<verified_jws> verified(std::in_place, maker{});
    if (!token.is_signed_by(key) || !verified->decode(token, wanted)) {
        verified.reset();
    }
    return verified;
}

std::optional<verified_jws> verified_jws::verify(const compact_jws& token,
                                                 std::span<const hmac_key* const> keys,
                                                 std::uint32_t& signers,
                                                 jws_parts wanted) noexcept {
    std::optional<verified_jws> verified(std::in_place, maker{});
    signers = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        signers |= std::uint32_t{token.is_signed_by(*keys[i])} << i;
    }
    if (signers == 0 || !verified->decode(token, wanted)) {
        verified.reset();
    }
    return verified;
}

bool verified_jws::decode(const compact_jws& token, jws_parts wanted) noexcept {
    const auto header_size = wanted == jws_parts::payload
                                 ? std::optional<std::size_t>(0)
                                 : base64url_decode(token.header_, bytes_.data());
    if (!header_size) {
        return false;
    }
    const auto payload_size = base64url_decode(token.payload_, bytes_.data() + *header_size);
    if (!payload_size) {
        return false;
    }
    header_size_ = *header_size;
    payload_size_ = *payload_size;
    return true;
}

std::string sign_compact(std::string_view encoded_header, std::string_view payload,
                         const hmac_key& key) {
    std::string token;
    sign_compact(encoded_header, payload, key, token);
    return token;
}

void sign_compact(std::string_view encoded_header, std::string_view payload, const hmac_key& key,
                  std::string& out) {
    out.clear();
    out.reserve(encoded_header.size() + base64url_encoded_size(payload.size()) +
                encoded_signature_bytes + 2);
    out.append(encoded_header).push_back('.');
    base64url_append(payload, out);
    const mac_tag signature = key.mac(out);
    out.push_back('.');
    base64url_append(as_text(signature), out);
}

} // namespace sluice::crypto
