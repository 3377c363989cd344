#pragma once
// Forges tokens for the tests of core: any header and payload with a MAC of any key; and a ring to
// verify them. The product itself writes one header only.

#include "core/token/token_service.hpp"
#include "crypto/base64url.hpp"
#include "crypto/hmac_sha256.hpp"
#include "crypto/jws.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::test {

inline constexpr std::chrono::sys_seconds token_now{std::chrono::seconds{1'700'000'000}};
inline constexpr std::string_view newest_secret = "the newest secret of the test key ring";
inline constexpr std::string_view older_secret = "an older secret of the test key ring..";
inline constexpr std::string_view stranger_secret = "a secret that is not in the key ring...";

inline core::signing_key key_of(std::string kid, std::string_view secret) {
    return {std::move(kid), *crypto::hmac_key::make(secret)};
}

/// Signs with "newest"; "older" still verifies.
inline core::key_ring two_keys() {
    return core::key_ring({key_of("newest", newest_secret), key_of("older", older_secret)});
}

/// `header` and `payload` are JSON, or any other text to sign.
inline std::string forge(std::string_view header, std::string_view payload,
                         std::string_view secret = newest_secret) {
    return crypto::sign_compact(crypto::base64url_encode(header), payload,
                                *crypto::hmac_key::make(secret));
}

/// A JSON object with valid claims of a lesson at token_now; `more` (",\"a\":1") is appended to it.
inline std::string lesson_payload(std::string_view more = {}) {
    std::string payload = R"({"type":"lesson","filename":"Video.mp4","rel":"t/c/m/l",)"
                          R"("user_id":"u","exp":1700000900)";
    return payload.append(more).append("}");
}

} // namespace sluice::test
