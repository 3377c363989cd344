#pragma once
// Reads a whole file that an operator wrote, up to a size limit. Start-up and reload only; media is
// opened by core/media/media_store.hpp. Private to core: used by core/files and
// core/config/config_file.cpp.

#include <cstddef>
#include <string>

namespace sluice::core {

/// Reads `fd` to its end into `out`. All memory is allocated before the first byte arrives, so that
/// no copy remains when the caller wipes `out`. Empty on success; otherwise a clause that says what
/// is wrong, and `out` is unspecified.
[[nodiscard]] std::string read_small_file(int fd, std::size_t max_bytes, std::string& out);

/// The system's text for `error_number`, for a message.
[[nodiscard]] std::string system_message(int error_number);

} // namespace sluice::core
