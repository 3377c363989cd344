#pragma once
// Reads files that hold keys. The checks of type, owner and mode are made on the open descriptor,
// and the content is read into memory that is wiped. Used by the .cpp files of core/issuer,
// core/token and tls.

#include "crypto/secret.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::core {

/// A string that is wiped at the end of its scope.
struct wiped_text {
    std::string text;

    wiped_text() = default;
    wiped_text(const wiped_text&) = delete;
    wiped_text& operator=(const wiped_text&) = delete;
    wiped_text(wiped_text&&) = delete;
    wiped_text& operator=(wiped_text&&) = delete;
    ~wiped_text() { crypto::wipe(text.data(), text.size()); }
};

/// The required permissions of a file with keys.
enum class file_secrecy : bool {
    unwritable, // others may read it, but not write: public keys
    closed,     // others may neither read nor write it
};

/// The message for a file that is not closed: what is wrong, and what to do.
inline constexpr std::string_view open_to_others =
    "can be accessed by others than its owner: chmod 600 it";

struct trusted_text : wiped_text {
    file_secrecy secrecy = file_secrecy::unwritable; // of the file that the text was read from
};

/// Reads the whole of a regular file that belongs to this process's user or to root. Empty on
/// success; otherwise a clause that says what is wrong.
[[nodiscard]] std::string read_trusted_file(const std::string& path, file_secrecy wanted,
                                            std::size_t max_bytes, trusted_text& out);

} // namespace sluice::core
