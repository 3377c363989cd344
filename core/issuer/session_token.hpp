#pragma once
// Judges the session token with which a user of the platform asks for a download token: signature
// first, parse after, like our own tokens (docs/decisions/0003 and 0014).

#include "core/base/result.hpp"
#include "core/issuer/session_keys.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// What the platform's tokens must say.
struct session_policy {
    std::string issuer;             // `iss`; empty: any
    std::string audience;           // one of `aud`; empty: the token must have none
    std::string scope;              // in `scope`: may ask for every user; empty: nobody may
    std::chrono::seconds leeway{0}; // for nbf
};

/// Whose token it is.
struct session {
    std::string user_id;    // `sub`
    bool is_issuer = false; // has the issuer scope
};

class session_verifier {
  public:
    session_verifier(std::vector<session_key> keys, session_policy policy);

    /// Fails with session_invalid and the claim at fault, or session_expired. The algorithm is the
    /// key's; a `kid` must name the key that verified, where that has one.
    [[nodiscard]] result<session> verify(std::string_view token,
                                         std::chrono::sys_seconds now) const;

  private:
    [[nodiscard]] result<void> check_header(std::string_view json, const session_key& key) const;
    [[nodiscard]] result<session> read_claims(std::string_view json,
                                              std::chrono::sys_seconds now) const;

    std::vector<session_key> keys_;
    session_policy policy_;
};

} // namespace sluice::core
