#pragma once
// Finds the file that somebody meant who wrote its name in another Unicode normalisation. macOS
// hands out names in decomposed form, nearly everything else composes them, and the two look alike.
// For explanations alone: a name that differs by one byte is another name. Reads directories by
// their path, which may take long: never on a worker's thread.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// The path below `root` that exists and differs from `path` by normalisation alone; nullopt when
/// there is none, when `path` itself exists, or when a directory has more entries than anybody
/// looks through (100,000).
[[nodiscard]] std::optional<std::string> find_name_twin(const std::string& root,
                                                        std::string_view path);

/// What a look through a whole media root found.
struct uncomposed_names {
    std::vector<std::string> first; // a few paths below the root
    std::size_t count = 0;          // of all that were seen
    bool is_complete = true;        // false: there were more names than were looked at
};

/// Names below `root` that are not composed (NFC): a client that composes what it sends does not
/// find them. Looks at `most` names and follows no symbolic links.
[[nodiscard]] uncomposed_names find_uncomposed(const std::string& root, std::size_t most);

} // namespace sluice::core
