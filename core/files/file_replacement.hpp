#pragma once
// Replaces a file that holds keys. No reader ever sees an incomplete file, and no writer overwrites
// the changes of another. Used by app/commands/key_command.

#include "core/base/unique_fd.hpp"

#include <string>
#include <string_view>

namespace sluice::core {

/// An exclusive lock on the file at a path, held from before it is read until it has been written.
/// The new file PATH.new is the lock: while it exists, other writers are rejected.
class file_replacement {
  public:
    /// Takes the lock; fault() says whether that succeeded.
    explicit file_replacement(std::string path);
    /// Releases the lock.
    ~file_replacement();
    file_replacement(const file_replacement&) = delete;
    file_replacement& operator=(const file_replacement&) = delete;

    /// Empty, or a clause that says why the lock was not taken: another process holds it, or the
    /// directory is not writable.
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

    /// Replaces the file by `text`, with mode 0600 and the owner of the old file. REQUIRES: no
    /// fault, and only one call. Empty on success; otherwise a clause that says what failed, and
    /// the old file is unchanged.
    [[nodiscard]] std::string commit(std::string_view text);

  private:
    std::string path_;
    std::string next_;
    unique_fd file_;
    std::string fault_;
};

} // namespace sluice::core
