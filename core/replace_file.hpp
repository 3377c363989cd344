#pragma once
// Writes a file that holds keys so that no reader ever sees half of it.

#include <string>
#include <string_view>

namespace sluice::core {

/// Replaces the file at `path`, or makes it, with mode 0600 and the owner of the one before. Empty
/// when all is well; else a clause that says what is wrong, and the old file is as it was. Fails
/// while another process does the same.
[[nodiscard]] std::string replace_file(const std::string& path, std::string_view text);

} // namespace sluice::core
