#pragma once
// Reads a file that an operator wrote, whole and with a cap. Start-up only; media goes through
// core/media/media_store.hpp. Private to core's .cpp files.

#include <cstddef>
#include <string>

namespace sluice::core {

/// Reads `fd` to its end into `out`, which gets all its memory before the first byte arrives, so
/// that no copy stays behind when the caller wipes it. Empty when all is well; else a clause that
/// says what is wrong, and `out` is unspecified.
[[nodiscard]] std::string read_small_file(int fd, std::size_t max_bytes, std::string& out);

/// What the system says about `error_number`, for a message.
[[nodiscard]] std::string system_message(int error_number);

} // namespace sluice::core
