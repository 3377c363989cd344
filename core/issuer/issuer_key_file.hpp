#pragma once
// The JSON file of issuer keys: read by the service, written by `sluice key`.

#include "core/base/operator_problem.hpp"
#include "core/issuer/issuer_key.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

inline constexpr std::size_t max_issuer_file_bytes = 1 << 20;
/// Most keys in it: every request with a key compares them all.
inline constexpr std::size_t max_issuer_keys = 256;

/// {"keys": [{"name": "lms", "digest": "<base64url of 32 bytes>", "types": ["lesson"],
/// "trainers": ["t1"], "max_ttl": 3600, "rate": 50, "trust": "entitled", "not_after":
/// 1767225600}]}; all but the first two may be left out. Whatever is wrong is added to `problems`.
[[nodiscard]] std::vector<issuer_key> parse_issuer_keys(std::string_view text,
                                                        const std::string& file,
                                                        std::vector<operator_problem>& problems);

/// The same of a file that only its owner may touch: this process's user or root.
[[nodiscard]] std::vector<issuer_key> load_issuer_keys(const std::string& path,
                                                       std::vector<operator_problem>& problems);

/// What parse_issuer_keys() reads back.
[[nodiscard]] std::string issuer_keys_json(const std::vector<issuer_key>& keys);

} // namespace sluice::core
