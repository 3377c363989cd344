#pragma once
// How many connections the process's descriptors allow. Connections that took them all would leave
// none for the files that they ask for.

#include <cstdint>

namespace sluice::app {

/// Raises the soft limit of open descriptors to the hard one, which costs nothing, and returns what
/// is in force then.
std::uint64_t raise_descriptor_limit() noexcept;

struct descriptor_budget {
    unsigned connections = 0; // served at once
    unsigned refusals = 0;    // told at leisure that there are too many; beyond them: at once
};

/// Shares out `descriptors`: some for ourselves and the files that `cached_files` counts over all
/// threads (at most half of all), a few for refusals, the rest for connections, of which `wanted`
/// are asked for. At least one of each.
[[nodiscard]] descriptor_budget share_descriptors(std::uint64_t descriptors, unsigned wanted,
                                                  std::uint64_t cached_files) noexcept;

} // namespace sluice::app
