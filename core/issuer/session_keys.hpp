#pragma once
// The keys that verify a platform's session tokens: one public key in PEM, or a JWKS (RFC 7517),
// read from a file at start and at every reload, or fetched from a URL. It fetches nothing:
// app/jwks/jwks_source does. Used by core/issuer/session_token.hpp, app/service/issuer_setup and
// app/jwks/jwks_fetch.

#include "core/base/operator_problem.hpp"
#include "crypto/hmac_sha256.hpp"
#include "crypto/public_key.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice::core {

inline constexpr std::size_t max_session_file_bytes = 1 << 20;
/// The largest number of usable keys in a JWKS.
inline constexpr std::size_t max_session_keys = 64;
/// The largest number of keys without a kid, and of keys tried for a token without a kid: each try
/// costs a verification.
inline constexpr std::size_t max_untold_keys = 8;

using verifying_key = std::variant<crypto::hmac_key, crypto::public_key>;

struct session_key {
    std::string kid; // empty when it has none
    verifying_key key;
};

/// True when `alg` names the one algorithm of `key`. Ed25519 has two names: "EdDSA" (RFC 8037) and
/// "Ed25519" (RFC 9864).
[[nodiscard]] bool is_algorithm_of(std::string_view alg, const verifying_key& key) noexcept;

/// A PEM text holds one RSA, P-256 or Ed25519 public key. Anything else is a JWKS: "RSA", "EC" with
/// "P-256", "OKP" with "Ed25519", and "oct" with at least 32 bytes, which is HS256. Entries for
/// other purposes ("use" that is not "sig", "key_ops" without "verify", an "alg" of another
/// algorithm, an unknown "kty") are skipped, as RFC 7517 §5 requires; `skipped`, when given,
/// receives which and why. Problems: no usable key, a kid twice for one algorithm, a private key, a
/// secret that is a public key, numbers that do not form a key.
[[nodiscard]] std::vector<session_key>
parse_session_keys(std::string_view text, const std::string& file,
                   std::vector<operator_problem>& problems,
                   std::vector<operator_problem>* skipped = nullptr);

/// Reads a JWKS that was fetched from `url`. The provider's set may hold keys of any kind, so every
/// entry that is no key for us is skipped (RFC 7517 §5): also one that is damaged, one that repeats
/// a kid, and a private key. So is a secret, because it would not be secret at a URL. Problems: not
/// a JWKS, no usable key, too many.
[[nodiscard]] std::vector<session_key>
parse_fetched_keys(std::string_view text, const std::string& url,
                   std::vector<operator_problem>& problems,
                   std::vector<operator_problem>* skipped = nullptr);

/// Reads the same as parse_session_keys() from a file that others cannot write, nor read when it
/// holds a secret.
[[nodiscard]] std::vector<session_key>
load_session_keys(const std::string& path, std::vector<operator_problem>& problems,
                  std::vector<operator_problem>* skipped = nullptr);

} // namespace sluice::core
