#pragma once
// Where signing keys come from: the key file, SLUICE_SECRET, or nowhere. Start-up only; what a ring
// does is core/token/token_service.hpp.

#include "core/base/operator_problem.hpp"
#include "core/token/token_service.hpp"
#include "crypto/secret.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// Largest key file that is read: far above max_keys long secrets.
inline constexpr std::size_t max_key_file_bytes = 65536;

/// The kid of the key that SLUICE_SECRET holds.
inline constexpr std::string_view environment_kid = "env";

/// Keys to sign and verify with.
struct loaded_keys {
    key_ring ring;
    /// True: a random key that nobody else has and that dies with this process.
    bool ephemeral = false;
    /// A sentence for the log at start-up, empty when there is nothing to say.
    std::string notice;
    /// The key of SLUICE_SECRET, for reload_key_ring: the variable is gone by then.
    std::optional<signing_key> environment{};
};

/// Either keys, or the reasons why there are none.
struct key_loading {
    std::optional<loaded_keys> keys;
    std::vector<operator_problem> problems;
};

/// {"keys": [{"kid": "2024-06", "secret": "<base64url of at least 32 bytes>"}, ...]}, newest first:
/// the first key signs, all verify. The file must be a regular one that only its owner may touch;
/// the owner is this process's user or root. Both checks are made on the open descriptor.
///
/// `env_secret` holds raw bytes. Alone it is the whole ring; beside a key file it is one more key
/// that verifies, which is how a site moves from the one to the other. An empty `path` and no
/// secret give an ephemeral ring. No problem and no notice carries key material; every buffer that
/// held some is wiped.
[[nodiscard]] key_loading load_key_ring(const std::string& path,
                                        const std::optional<crypto::secret>& env_secret);

/// The same for a process that runs with `running`: the key file is read again, and what cannot be
/// read again (the variable's key, a random key) stays. To be left without any key is a problem.
[[nodiscard]] key_loading reload_key_ring(const std::string& path, const loaded_keys& running);

} // namespace sluice::core
