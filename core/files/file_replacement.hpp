#pragma once
// Replaces a file that holds keys. No reader ever sees an incomplete file, and no writer overwrites
// the changes of another. Used by app/commands/key_command.

#include "core/base/unique_fd.hpp"

#include <sys/types.h>

#include <optional>
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

    /// Empty, or a clause that says why the lock was not taken: another process holds it, the
    /// directory is not writable, or the file belongs to another user, from whom a replacement
    /// would take it away.
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

    /// Replaces the file by `text`. It keeps its owner and group, and its group may still read it
    /// if it could before. A new file that root writes belongs to the owner of its directory; in a
    /// directory of root, to root and the group of the service, which may read it. REQUIRES: no
    /// fault, and only one call. Empty on success; otherwise a clause that says what failed, and
    /// the old file is unchanged.
    [[nodiscard]] std::string commit(std::string_view text);

  private:
    [[nodiscard]] bool give_away();

    std::string path_;
    std::string next_;
    unique_fd file_;
    std::string fault_;
};

/// Gives a new file to the user that it is for, when root has created it: the owner of `directory`,
/// or in a directory of root the group of the service. Returns the mode that lets that user read
/// it: 0600 or 0640. nullopt: it failed, and errno says why.
[[nodiscard]] std::optional<mode_t> give_to_service(int fd, const std::string& directory);

} // namespace sluice::core
