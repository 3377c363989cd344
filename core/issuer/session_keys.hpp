#pragma once
// The keys that vouch for a platform's session tokens: one public key in PEM, or a JWKS (RFC 7517).
// Read at start and at every reload.

#include "core/base/operator_problem.hpp"
#include "crypto/hmac_sha256.hpp"
#include "crypto/public_key.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice::core {

inline constexpr std::size_t max_session_file_bytes = 65536;
/// Most keys in a JWKS that are of use here: a forged token costs a verification with each.
inline constexpr std::size_t max_session_keys = 8;

using verifying_key = std::variant<crypto::hmac_key, crypto::public_key>;

struct session_key {
    std::string kid; // empty where it has none
    verifying_key key;
};

/// The one `alg` that `key` is for.
[[nodiscard]] std::string_view algorithm_of(const verifying_key& key) noexcept;

/// A PEM text holds one RSA, P-256 or Ed25519 public key. Anything else is a JWKS: "RSA", "EC" with
/// "P-256", "OKP" with "Ed25519", and "oct" with at least 32 bytes, which is HS256. Entries for
/// other purposes ("use" that is not "sig", "key_ops" without "verify", an "alg" of another
/// algorithm, an unknown "kty") are passed over, as RFC 7517 §5 wants. Problems: nothing of use, a
/// kid twice, a private key, a secret that is somebody's public key, numbers that are no key.
[[nodiscard]] std::vector<session_key> parse_session_keys(std::string_view text,
                                                          const std::string& file,
                                                          std::vector<operator_problem>& problems);

/// The same of a file that others cannot write, nor read when it holds a secret.
[[nodiscard]] std::vector<session_key> load_session_keys(const std::string& path,
                                                         std::vector<operator_problem>& problems);

} // namespace sluice::core
