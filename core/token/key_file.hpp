#pragma once
// Loads the signing keys: from the key file, from SLUICE_SECRET, or as a random key. Start-up and
// reload only; core/token/token_service.hpp uses the ring. Used by app.

#include "core/base/operator_problem.hpp"
#include "core/token/token_service.hpp"
#include "crypto/secret.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// The largest key file that is read: far more than max_keys long secrets need.
inline constexpr std::size_t max_key_file_bytes = 65536;

/// The kid of the key that SLUICE_SECRET holds.
inline constexpr std::string_view environment_kid = "env";

/// Keys to sign and verify with.
struct loaded_keys {
    key_ring ring;
    /// True: a random key that exists only in this process.
    bool ephemeral = false;
    /// A sentence for the log at start-up, or empty.
    std::string notice;
    /// The key of SLUICE_SECRET, for reload_key_ring: the variable is gone by then.
    std::optional<signing_key> environment{};
};

/// Either keys, or the problems that prevented loading.
struct key_loading {
    std::optional<loaded_keys> keys;
    std::vector<operator_problem> problems;
};

/// {"keys": [{"kid": "2024-06", "secret": "<base64url of at least 32 bytes>"}, ...]}, newest first:
/// the first key signs, all verify. The file must be a regular one that only its owner may read or
/// write; the owner is this process's user or root. Both checks are made on the open descriptor.
///
/// `env_secret` holds raw bytes. Without a key file it is the whole ring; with one it is a further
/// key that only verifies, so that a site can move from the variable to the file. An empty `path`
/// and no secret give an ephemeral ring. No problem and no notice carries key material; every
/// buffer that held any is wiped.
[[nodiscard]] key_loading load_key_ring(const std::string& path,
                                        const std::optional<crypto::secret>& env_secret);

/// Reloads the keys of a process that runs with `running`: the key file is read again; a key that
/// cannot be read again (the variable's, a random one) stays. A result without any key is a
/// problem.
[[nodiscard]] key_loading reload_key_ring(const std::string& path, const loaded_keys& running);

} // namespace sluice::core
