#pragma once
// Reads files that hold keys. The checks of type, owner and mode are made on the open descriptor,
// and the content is read into memory that is wiped. Which owners and modes are accepted, and why:
// docs/decisions/0034-whose-file-it-is.md. Used by the .cpp files of core/issuer, core/token and
// tls.

#include "crypto/secret.hpp"

#include <cstddef>
#include <string>

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
    unwritable, // everybody may read it, but only its owner write it: public keys
    closed,     // its owner and its group may read it, and only its owner write it
};

struct trusted_text : wiped_text {
    std::string exposure; // why its file may hold no secret, as a clause; empty: it may
};

/// Reads the whole of a regular file that belongs to this process's user or to root; to root's
/// commands, it may also belong to the user of the service or to the owner of its directory. A
/// group may read a closed file if root owns the file, or if the owner is in that group. Empty on
/// success; otherwise a clause that says what is wrong.
[[nodiscard]] std::string read_trusted_file(const std::string& path, file_secrecy wanted,
                                            std::size_t max_bytes, trusted_text& out);

} // namespace sluice::core
