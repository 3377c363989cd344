#pragma once
// A NumericDate (RFC 7519 §2): seconds since the Unix epoch, with a fraction. The times of tokens
// are read as this type; our own tokens have whole seconds. Not a clock, and it compares with none.
// Used by core/json/json_object_reader.hpp, core/issuer/session_token.hpp and
// core/token/claims.hpp.

#include <chrono>
#include <compare>
#include <cstdint>

namespace sluice::core {

struct numeric_date {
    std::int64_t seconds = 0;
    std::int32_t nanoseconds = 0; // 0 to 999,999,999

    constexpr numeric_date() noexcept = default;
    // NOLINTNEXTLINE(google-explicit-constructor): whole seconds are a NumericDate
    constexpr numeric_date(std::int64_t whole, std::int32_t fraction = 0) noexcept
        : seconds(whole), nanoseconds(fraction) {}
    explicit numeric_date(std::chrono::sys_time<std::chrono::nanoseconds> instant) noexcept {
        const auto whole = std::chrono::floor<std::chrono::seconds>(instant);
        seconds = whole.time_since_epoch().count();
        nanoseconds = static_cast<std::int32_t>((instant - whole).count());
    }

    friend constexpr auto operator<=>(const numeric_date&, const numeric_date&) = default;
};

} // namespace sluice::core
