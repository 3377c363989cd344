#pragma once
// Verifies the session token with which a user of the platform requests a download token. The
// header only selects one of our keys; no claim is read before the signature is verified
// (docs/decisions/0014-issuer-credentials.md). Used by core/issuer/issuer.hpp.

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

/// The required claims of the platform's tokens.
struct session_policy {
    std::string issuer;             // `iss`; empty: any
    std::string audience;           // must be in `aud`; empty: the token must have no `aud`
    std::string scope;              // in `scope`: may request for every user; empty: none may
    std::chrono::seconds leeway{0}; // for iat and nbf
};

/// The subject of a verified session token.
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

    /// Fails with session_invalid and the claim at fault, or with session_expired. Tries only keys
    /// with the token's `kid` and `alg`, and keys with that `alg` and no kid: any other token costs
    /// no verification (docs/security.md, threat 55). `is_slowed`: the sender has sent too many bad
    /// credentials; a token that needs a public key then fails with too_many_bad_credentials,
    /// without a verification.
    [[nodiscard]] result<session> verify(std::string_view token,
                                         std::chrono::system_clock::time_point now,
                                         bool is_slowed = false) const;

  private:
    /// The keys that can have signed a token.
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
