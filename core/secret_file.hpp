#pragma once
// Files that hold keys: opened without following surprises, judged on the open descriptor, read
// into memory that is wiped. Private to core's .cpp files.

#include "crypto/secret.hpp"

#include <cstddef>
#include <string>

namespace sluice::core {

/// A string that is wiped however its scope is left.
struct wiped_text {
    std::string text;

    wiped_text() = default;
    wiped_text(const wiped_text&) = delete;
    wiped_text& operator=(const wiped_text&) = delete;
    wiped_text(wiped_text&&) = delete;
    wiped_text& operator=(wiped_text&&) = delete;
    ~wiped_text() { crypto::wipe(text.data(), text.size()); }
};

/// Who may touch a file that is trusted.
enum class file_secrecy : bool {
    unwritable, // others may read it, but not write: public keys
    closed,     // others may do neither
};

/// Reads the whole of a regular file that belongs to this process's user or to root. Empty when all
/// is well; else a clause that says what is wrong.
[[nodiscard]] std::string read_trusted_file(const std::string& path, file_secrecy wanted,
                                            std::size_t max_bytes, wiped_text& out);

} // namespace sluice::core
