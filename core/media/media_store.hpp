#pragma once
// Opens media below one root directory and nothing else. What a client sends becomes a path only
// through media_layout; the kernel keeps that path below the root (openat2 RESOLVE_BENEATH |
// RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS; component by component with O_NOFOLLOW on kernels
// without openat2). Not a file server: what is sent of a file is download_plan's and http's
// business.
//
// The root is what its path names, a symlink's target included: renew_root() notices when that has
// become another directory, such as a volume that was mounted again. Another mount below the root
// is served like any directory: sites keep courses on volumes of their own.

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/download/representation.hpp"
#include "core/media/version_memory.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::core {

/// An open regular file and what fstat of that descriptor said. It stays the same version when the
/// name is given to another file.
struct open_media {
    unique_fd fd;
    media_facts facts;
    std::uint64_t links = 1; // names it has
    std::uint32_t mode = 0;  // type and permissions
    representation version;
};

using media_handle = std::shared_ptr<const open_media>;

/// True while the open file is what it was when it was opened: the same size and times, and still
/// to be found under some name. One fstat; cheaper than opening it again.
[[nodiscard]] bool is_current(const open_media& media) noexcept;

/// What has become of the content of an open file since it was opened: empty for nothing, else the
/// cause that the log names. `file_ended`: it is shorter. `file_changed`: it has been written to,
/// or its ctime has moved and neither another number of names nor other permissions say why:
/// somebody may have written to it and put its mtime back. A file that was replaced by rename,
/// removed, linked or made unreadable is the same. Asks no file server (AT_STATX_DONT_SYNC).
[[nodiscard]] std::string_view change_of(const open_media& media) noexcept;

/// The subject of a failure that a symbolic link caused: for counting, not for clients.
inline constexpr std::string_view symlink_subject = "symlink";

class media_store {
  public:
    /// Which road open() takes. `automatic` asks the kernel once, at construction, and walks when
    /// openat2 is absent (before 5.6: ENOSYS) or fenced off (some sandboxes: EPERM).
    enum class resolver : std::uint8_t { automatic, openat2, walk };

    /// Throws std::system_error naming `root` when it is not a readable directory, or when
    /// `openat2` is asked for and not to be had: start-up faults. `time` is kept; it has to be the
    /// clock that the file system stamps files by, give or take a second.
    explicit media_store(const std::string& root, resolver how = resolver::automatic,
                         const clock& time = machine());

    /// Opens the regular file at `relative_path`: names separated by single slashes, none of them
    /// "." or "..". media_not_found for whatever is not a readable regular file below the root
    /// (absent, directory, FIFO, device, mode 000, a path of another form), with the subject
    /// "symlink" when a component is a symbolic link, so that attempts can be counted; that subject
    /// is not for clients. media_unavailable when the node is at fault (EMFILE, ENFILE, ENOMEM,
    /// EIO, ESTALE, ENOTCONN and whatever else the kernel reports), with the name of the errno as
    /// the subject, for the log. Does not block on a FIFO. Thread safe.
    [[nodiscard]] result<media_handle> open(const std::string& relative_path) const;

    enum class root_state : std::uint8_t {
        same,
        replaced, // by another directory, which is served from now on
        missing,  // no such directory, or an empty one: a mount point whose volume is gone
    };

    /// Looks what the root's path names now. While it is missing open() says media_unavailable
    /// instead of media_not_found, and the volume that was the root is let go. Out of descriptors
    /// nothing changes. One caller at a time, beside any number of open().
    root_state renew_root() noexcept;

    /// True while the root can still be listed: what readiness asks. Opens a descriptor, so it
    /// turns false when they run out; takes as long as the file system does to answer.
    [[nodiscard]] bool is_readable() const noexcept;

    [[nodiscard]] const std::string& root() const noexcept { return root_; }
    /// Belongs to the store; stays open as long as it lives.
    [[nodiscard]] int root_fd() const noexcept { return root_fd_.get(); }
    /// The road taken: openat2 or walk, never automatic.
    [[nodiscard]] resolver how() const noexcept { return how_; }

  private:
    [[nodiscard]] static const clock& machine() noexcept;

    std::string root_;
    unique_fd root_fd_; // its number never changes; what it stands for does
    resolver how_;
    const clock& time_;
    std::atomic<bool> is_missing_{false};
    mutable version_memory seen_; // thread safe
};

} // namespace sluice::core
