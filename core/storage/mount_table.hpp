#pragma once
// Finds the file system of a path in the text of /proc/self/mountinfo (proc(5)). Looks up no path,
// so a file system that hangs does not delay it. Pure. Used by http/storage.

#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

/// One line of mountinfo.
struct mount {
    std::string device; // "major:minor"
    std::string point;  // absolute path
    std::string type;   // "ext4", "fuse.sshfs", "nfs4"
};

/// True when opening a file waits for a local disk at most. With the name in the kernel's cache it
/// waits for nothing.
[[nodiscard]] bool is_local(const mount& which) noexcept;

/// True when all files are in memory, so that no call waits. tmpfs does not say so when asked: it
/// refuses RWF_NOWAIT.
[[nodiscard]] bool is_memory(const mount& which) noexcept;

class mount_table {
  public:
    /// Skips lines of another form.
    explicit mount_table(std::string_view mountinfo);

    /// The mount that holds the absolute `path`; null when the table has none. The path has no
    /// symbolic links. The last of several mounts on one point counts, because it hides the others.
    [[nodiscard]] const mount* find(std::string_view path) const noexcept;

  private:
    std::vector<mount> mounts_;
};

} // namespace sluice::core
