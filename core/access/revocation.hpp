#pragma once
// Revocations of tokens, users and keys, as the store keeps them (docs/store.md). Downloads are
// checked against core/access/revocation_table.hpp instead. Used by core/access/access_store.hpp.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

enum class revocation_kind : std::uint8_t {
    token, // the token with this jti
    user,  // all tokens of this user, or those issued before a time
    key,   // all tokens that this key (kid) signed
};

/// "token", "user" or "key".
[[nodiscard]] std::string_view name_of(revocation_kind kind) noexcept;
[[nodiscard]] std::optional<revocation_kind> parse_revocation_kind(std::string_view text) noexcept;

struct revocation {
    revocation_kind kind{};
    std::string subject; // jti, user_id or kid
    /// Seconds since the Unix epoch: tokens with an earlier iat, or without one, are revoked.
    /// Absent: all tokens, also those yet to be issued.
    std::optional<std::int64_t> issued_before{};
    /// The time from which no revoked token can be valid any more. Absent: the revocation holds
    /// until it is lifted.
    std::optional<std::int64_t> expires_at{};
    std::string reason{}; // for operators; not interpreted

    friend bool operator==(const revocation&, const revocation&) = default;
};

/// Longest subject and reason, in bytes.
inline constexpr std::size_t max_revocation_text = 256;

} // namespace sluice::core
