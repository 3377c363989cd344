#pragma once
// Finds a file whose name differs from a requested one only by Unicode normalisation. macOS returns
// decomposed names, nearly all other software composes them, and the two look alike. Only for
// explanations: a name that differs by one byte is another name. Reads directories by path, which
// may take long: never on a worker's thread. Used by app/log/twin_log and the commands.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// The path below `root` that exists and differs from `path` only by normalisation. nullopt when
/// there is none, when `path` itself exists, or when a directory has more than 100,000 entries.
[[nodiscard]] std::optional<std::string> find_name_twin(const std::string& root,
                                                        std::string_view path);

/// Result of a scan of a whole media root.
struct uncomposed_names {
    std::vector<std::string> first; // the first few paths below the root
    std::size_t count = 0;          // of all that were found
    bool is_complete = true;        // false: there were more names than were scanned
};

/// Finds names below `root` that are not composed (NFC): a client that composes its requests cannot
/// reach them. Scans at most `most` names and follows no symbolic links.
[[nodiscard]] uncomposed_names find_uncomposed(const std::string& root, std::size_t most);

} // namespace sluice::core
