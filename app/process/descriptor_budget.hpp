#pragma once
// Decides how many connections the process's descriptors allow, so that connections leave enough
// descriptors for the files they request. Used by app/service/application.

#include <cstdint>

namespace sluice::app {

/// Raises the soft limit of open descriptors to the hard one, which costs nothing. Returns the
/// limit in force.
std::uint64_t raise_descriptor_limit() noexcept;

struct descriptor_budget {
    unsigned connections = 0; // served at once
    unsigned refusals = 0;    // get an error response; connections beyond these are closed at once
};

/// Divides `descriptors`: some for the process itself and for the `cached_files` of all threads (at
/// most half of all), a few to reject others, the rest for connections, but no more than `wanted`.
/// At least one of each.
[[nodiscard]] descriptor_budget share_descriptors(std::uint64_t descriptors, unsigned wanted,
                                                  std::uint64_t cached_files) noexcept;

} // namespace sluice::app
