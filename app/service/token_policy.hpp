#pragma once
// Converts the settings of tokens to the policy of the token service, in one place, so that the
// service and the token commands cannot differ. Also gives the longest time for which a token can
// be in use. It issues no tokens: core/token/token_service does. Used by app/commands and
// app/service.

#include "core/config/config.hpp"
#include "core/token/token_service.hpp"

#include <chrono>

namespace sluice::app {

[[nodiscard]] inline core::token_policy policy_of(const core::config& settings) {
    return {.default_ttl = settings.tokens.default_ttl,
            .max_ttl = settings.tokens.max_ttl,
            .default_resume = settings.tokens.default_resume,
            .max_resume = settings.tokens.max_resume,
            .leeway = settings.tokens.leeway,
            .rate = settings.tokens.rate,
            .issuer = settings.tokens.issuer,
            .audience = settings.tokens.audience};
}

/// The longest time for which a token can be in use, its resume window included: a revocation must
/// not be forgotten earlier.
[[nodiscard]] inline std::chrono::seconds longest_use(const core::config& settings) {
    return settings.tokens.max_ttl + settings.tokens.max_resume + settings.tokens.leeway;
}

} // namespace sluice::app
