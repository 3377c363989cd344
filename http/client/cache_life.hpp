#pragma once
// For how long a response may be used without asking again (RFC 9111 §4.2.1), in a private cache.
// Pure. Used by app/jwks/jwks_fetch.

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice::http {

/// max-age of `cache_control`, less `age`, the value of Age; at least zero. Zero where the response
/// must not be stored or must be validated each time. nullopt when the field does not say.
[[nodiscard]] std::optional<std::chrono::seconds> cache_life(std::string_view cache_control,
                                                             std::string_view age);

} // namespace sluice::http
