#pragma once
// Judges the session token with which a user of the platform asks for a download token. Its header
// only chooses among our keys; no claim is read before the signature holds (docs/decisions/0014).

#include "core/base/result.hpp"
#include "core/issuer/session_keys.hpp"
#include "core/json/numeric_date.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// What the platform's tokens must say.
struct session_policy {
    std::string issuer;             // `iss`; empty: any
    std::string audience;           // one of `aud`; empty: the token must have none
    std::string scope;              // in `scope`: may ask for every user; empty: nobody may
    std::chrono::seconds leeway{0}; // for iat and nbf
};

/// Whose token it is.
struct session {
    std::string user_id;    // `sub`
    bool is_issuer = false; // has the issuer scope
    bool is_ahead = false;  // iat or nbf lies ahead of the clock, no further than the leeway
};

/// The times of a session token.
struct session_times {
    std::optional<numeric_date> exp;
    std::optional<numeric_date> nbf;
    std::optional<numeric_date> iat;
};

class session_verifier {
  public:
    session_verifier(std::vector<session_key> keys, session_policy policy);

    /// Fails with session_invalid and the claim at fault, or session_expired. Only keys of the
    /// token's `kid` and `alg`, and those of that `alg` without a kid, are tried: a token of any
    /// other costs no verification (docs/security.md, threat 55). `is_slowed`: whoever sent it has
    /// sent too many bad ones; then no public key verifies anything for him, and it fails with
    /// too_many_bad_credentials.
    [[nodiscard]] result<session> verify(std::string_view token,
                                         std::chrono::system_clock::time_point now,
                                         bool is_slowed = false) const;

  private:
    /// The keys that may have signed a token.
    struct choice {
        std::array<const session_key*, max_untold_keys> keys{};
        std::size_t count = 0;
    };
    [[nodiscard]] result<choice> choose(std::string_view token) const;
    [[nodiscard]] result<void> check_time(const session_times& times,
                                          std::chrono::system_clock::time_point now,
                                          session& whose) const;
    [[nodiscard]] result<session> read_claims(std::string_view json,
                                              std::chrono::system_clock::time_point now) const;

    std::vector<session_key> keys_;
    session_policy policy_;
};

} // namespace sluice::core
