#pragma once
// The modes in which the token endpoint authenticates its callers. Only their names;
// core/issuer/issuer.hpp implements the rules. Used by the setting (core/config/config.hpp) and by
// the gate.

#include <cstdint>

namespace sluice::core {

/// One way to authenticate a caller of the token endpoint.
enum class issuer_mode : std::uint8_t {
    automatic, // "auto": by every configured kind; with none configured, all callers are rejected
    none,  // "none": no authentication, the endpoint is OPEN; a proxy in front must authenticate
    key,   // "key": back ends, by issuer keys
    jwt,   // "jwt": the platform's users, by their session tokens
    local, // "local": requests from this machine, for development (`serve --dev`)
};

/// A set of them.
class issuer_modes {
  public:
    constexpr issuer_modes(issuer_mode only) noexcept { add(only); } // NOLINT(*-explicit-*)
    constexpr issuer_modes() noexcept = default;
    constexpr void add(issuer_mode one) noexcept {
        bits_ = static_cast<std::uint8_t>(bits_ | 1U << static_cast<unsigned>(one));
    }
    [[nodiscard]] constexpr bool has(issuer_mode one) const noexcept {
        return (bits_ >> static_cast<unsigned>(one) & 1U) != 0;
    }

  private:
    std::uint8_t bits_ = 0;
};

} // namespace sluice::core
