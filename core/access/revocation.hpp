#pragma once
// Tokens that are dead before their time: what the store keeps of them (docs/store.md). How a
// download is checked against them is core/access/revocation_table.hpp.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

enum class revocation_kind : std::uint8_t {
    token, // the one with this jti
    user,  // all of this user's, or those issued before a time
    key,   // all that this key (kid) signed
};

/// "token", "user" or "key".
[[nodiscard]] std::string_view name_of(revocation_kind kind) noexcept;
[[nodiscard]] std::optional<revocation_kind> parse_revocation_kind(std::string_view text) noexcept;

struct revocation {
    revocation_kind kind{};
    std::string subject; // jti, user_id or kid
    /// Seconds since the Unix epoch: tokens with an earlier iat, or without one, are dead. Absent:
    /// all of them, also those yet to be issued.
    std::optional<std::int64_t> issued_before{};
    /// When no token that this kills can be alive any more. Absent: it stands until it is lifted.
    std::optional<std::int64_t> expires_at{};
    std::string reason{}; // for people

    friend bool operator==(const revocation&, const revocation&) = default;
};

/// Longest subject and reason, in bytes.
inline constexpr std::size_t max_revocation_text = 256;

} // namespace sluice::core
