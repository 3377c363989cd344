#pragma once
// Which file system a path lies on, from the text of /proc/self/mountinfo (proc(5)): no path is
// looked up, so a file system that hangs holds nobody up. Pure. Used by http/storage.

#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// One line of it.
struct mount {
    std::string device; // "major:minor"
    std::string point;  // absolute path
    std::string type;   // "ext4", "fuse.sshfs", "nfs4"
};

/// True where opening a file and asking for its facts never waits for anything but a local disk,
/// whose names in the cache need no disk either.
[[nodiscard]] bool is_local(const mount& which) noexcept;

/// True where all files lie in memory, so that there is nothing to wait for. Such a file system
/// may not say so itself: tmpfs knows no RWF_NOWAIT.
[[nodiscard]] bool is_memory(const mount& which) noexcept;

class mount_table {
  public:
    /// Lines that are not understood are passed over.
    explicit mount_table(std::string_view mountinfo);

    /// The mount that the absolute `path`, free of symbolic links, lies on; null when the table has
    /// none. Of several on one point the last one counts: it hides the others.
    [[nodiscard]] const mount* find(std::string_view path) const noexcept;

  private:
    std::vector<mount> mounts_;
};

} // namespace sluice::core
