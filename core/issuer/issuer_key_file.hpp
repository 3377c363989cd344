#pragma once
// Reads and writes the JSON file of issuer keys. Does not check requests:
// core/issuer/issuer_key.hpp does. Used by app/service/issuer_setup, and by
// app/commands/key_command, which writes it.

#include "core/base/operator_problem.hpp"
#include "core/issuer/issuer_key.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

inline constexpr std::size_t max_issuer_file_bytes = 1 << 20;
/// The largest number of keys: every request with a key compares them all.
inline constexpr std::size_t max_issuer_keys = 256;

/// {"keys": [{"name": "lms", "digest": "<base64url of 32 bytes>", "types": ["lesson"], "trainers":
/// ["t1"], "max_ttl": 3600, "max_resume": 86400, "rate": 50, "trust": "entitled", "not_after":
/// 1767225600, "created_at": 1764547200}]}; all members but the first two are optional. Faults are
/// added to `problems`.
[[nodiscard]] std::vector<issuer_key> parse_issuer_keys(std::string_view text,
                                                        const std::string& file,
                                                        std::vector<operator_problem>& problems);

/// Reads the same from a file that only its owner may read or write; the owner is this process's
/// user or root.
[[nodiscard]] std::vector<issuer_key> load_issuer_keys(const std::string& path,
                                                       std::vector<operator_problem>& problems);

/// The text that parse_issuer_keys() reads back.
[[nodiscard]] std::string issuer_keys_json(const std::vector<issuer_key>& keys);

} // namespace sluice::core
