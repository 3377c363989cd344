#include "crypto/public_jws.hpp"

#include "crypto/base64url.hpp"
#include "crypto/jws.hpp"

#include <utility>

namespace sluice::crypto {

std::optional<public_jws> public_jws::verify(std::string_view token, const public_key& key) {
    const auto first_dot = token.find('.');
    const auto last_dot = token.rfind('.');
    if (token.size() > max_token_bytes || first_dot == std::string_view::npos ||
        first_dot == last_dot) {
        return std::nullopt;
    }
    const auto signature = base64url_decode(token.substr(last_dot + 1));
    if (!signature || !key.verify(token.substr(0, last_dot), *signature)) {
        return std::nullopt;
    }
    auto header = base64url_decode(token.substr(0, first_dot));
    // A dot inside either part is outside the alphabet, so the decoder rejects it.
    auto payload = base64url_decode(token.substr(first_dot + 1, last_dot - first_dot - 1));
    if (!header || header->empty() || !payload || payload->empty()) {
        return std::nullopt;
    }
    public_jws verified;
    verified.header_ = *std::move(header);
    verified.payload_ = *std::move(payload);
    return verified;
}

} // namespace sluice::crypto
