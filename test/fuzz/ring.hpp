#pragma once
// The signing key of the fuzz targets.

#include "core/token/token_service.hpp"
#include "crypto/hmac_sha256.hpp"

#include <utility>
#include <vector>

namespace sluice::fuzz {

inline core::key_ring make_ring() {
    std::vector<core::signing_key> keys;
    keys.emplace_back("k", *crypto::hmac_key::make("0123456789abcdef0123456789abcdef"));
    return core::key_ring(std::move(keys));
}

} // namespace sluice::fuzz
