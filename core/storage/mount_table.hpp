#pragma once
// The mount table: finds the file system that holds a path in the text of /proc/self/mountinfo
// (proc(5)). It is a pure function of that text. It opens no file and resolves no path, so a file
// system that hangs does not delay it. Used by http/storage/storage and http/storage/device.

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

/// True when opening and closing a file contact no server: they wait for a local disk at most, and
/// for nothing if the names are in the kernel's cache.
[[nodiscard]] bool is_local(const mount& which) noexcept;

/// True when the file system keeps all files in memory, so that no call waits. The type decides,
/// because tmpfs does not support RWF_NOWAIT.
[[nodiscard]] bool is_memory(const mount& which) noexcept;

class mount_table {
  public:
    /// Parses `mountinfo`. Skips lines that do not have the form of proc(5).
    explicit mount_table(std::string_view mountinfo);

    /// Returns the mount that holds the absolute `path`, or null if the table has none. `path`
    /// contains no symbolic links. If several mounts have one mount point, the last one is
    /// returned, because it hides the others.
    [[nodiscard]] const mount* find(std::string_view path) const noexcept;

  private:
    std::vector<mount> mounts_;
};

} // namespace sluice::core
