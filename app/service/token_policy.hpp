#pragma once
// Converts the settings of tokens into the policy of the token service, in one place, so that the
// gateway and the token commands cannot differ.

#include "core/config/config.hpp"
#include "core/token/token_service.hpp"

namespace sluice::app {

[[nodiscard]] inline core::token_policy policy_of(const core::config& settings) {
    return {.default_ttl = settings.tokens.default_ttl,
            .max_ttl = settings.tokens.max_ttl,
            .leeway = settings.tokens.leeway,
            .rate = settings.tokens.rate,
            .issuer = settings.tokens.issuer,
            .audience = settings.tokens.audience};
}

} // namespace sluice::app
