#pragma once
// Opens media files below one root directory, and no other files. media_layout turns a client's
// input into a path; the kernel keeps that path below the root (openat2 RESOLVE_BENEATH |
// RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS; component by component with O_NOFOLLOW on kernels
// without openat2). Not a file server: download_plan and http decide what is sent. Used by
// media_library and catalogue.
// business.
//
// The root is the directory that its path names, also through a symlink: renew_root() notices when
// the path names another directory, such as a volume that was mounted again. Another mount below
// the root is served like any directory, since sites keep courses on separate volumes.

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/download/representation.hpp"
#include "core/media/version_memory.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

struct opened_file;

/// An open regular file and the result of fstat on its descriptor. It stays the same version when
/// its name is given to another file.
struct open_media {
    unique_fd fd;
    media_facts facts;
    std::uint64_t links = 1; // number of names
    std::uint32_t mode = 0;  // type and permissions
    representation version;
};

using media_handle = std::shared_ptr<const open_media>;

/// True while the open file is unchanged since it was opened: the same size and times, and at least
/// one name left. One fstat; cheaper than opening the file again.
[[nodiscard]] bool is_current(const open_media& media) noexcept;

/// The change to the content of an open file since it was opened: empty for none, else the cause
/// for the log. `file_ended`: the file is shorter. `file_changed`: it has been written to, or its
/// ctime has moved while neither the number of names nor the permissions explain it (a writer may
/// have set its mtime back). A file that was replaced by rename, removed, linked or made unreadable
/// counts as unchanged. Sends no request to a file server (AT_STATX_DONT_SYNC).
[[nodiscard]] std::string_view change_of(const open_media& media) noexcept;

/// The subject of a failure that a symbolic link caused: for counting, not for clients.
inline constexpr std::string_view symlink_subject = "symlink";

class media_store {
  public:
    /// The method by which open() resolves a path. `automatic` tests the kernel once, at
    /// construction, and walks when openat2 is absent (before 5.6: ENOSYS) or forbidden (some
    /// sandboxes: EPERM).
    enum class resolver : std::uint8_t { automatic, openat2, walk };

    /// Throws std::system_error that names `root` when it is not a readable directory, or when
    /// `openat2` is requested but unavailable. Keeps a reference to `time`, which must agree with
    /// the clock of the file system's time stamps within a second.
    explicit media_store(const std::string& root, resolver how = resolver::automatic,
                         const clock& time = machine());

    /// Opens the regular file at `relative_path`: names separated by single slashes, none of them
    /// "." or "..". media_not_found for anything that is not a readable regular file below the root
    /// (absent, directory, FIFO, device, mode 000, a path of another form); its subject is
    /// "symlink" when a component is a symbolic link, so that attempts can be counted; that subject
    /// is not for clients. media_unavailable when the node is at fault (EMFILE, ENFILE, ENOMEM,
    /// EIO, ESTALE, ENOTCONN and any other error of the kernel), with the name of the errno as the
    /// subject, for the log. Does not block on a FIFO. Thread safe.
    [[nodiscard]] result<media_handle> open(const std::string& relative_path) const;

    /// The same for a path whose names are all in the kernel's cache: looks nowhere else (openat2
    /// RESOLVE_CACHED, Linux 5.12). None: it would have to, or cannot tell. What the file system
    /// itself does when a file is opened is not bounded by this.
    [[nodiscard]] std::optional<result<media_handle>> open_cached(const std::string& path) const;

    enum class root_state : std::uint8_t {
        same,
        replaced, // by another directory, which is served from now on
        missing,  // no such directory, or an empty one: a mount point without its volume
    };

    /// Checks which directory the root's path names now. While it is missing, open() fails with
    /// media_unavailable instead of media_not_found, and the old root is closed, so that its volume
    /// can be unmounted. Without a free descriptor nothing changes. One caller at a time; open()
    /// may run concurrently.
    root_state renew_root() noexcept;

    /// True while the root can be listed; the check behind /readyz. It opens a descriptor, so it
    /// returns false when none are free. It takes as long as the file system takes to respond.
    [[nodiscard]] bool is_readable() const noexcept;

    [[nodiscard]] const std::string& root() const noexcept { return root_; }
    /// Owned by the store; open as long as the store lives.
    [[nodiscard]] int root_fd() const noexcept { return root_fd_.get(); }
    /// The resolver in use: openat2 or walk, never automatic.
    [[nodiscard]] resolver how() const noexcept { return how_; }

  private:
    [[nodiscard]] static const clock& machine() noexcept;
    [[nodiscard]] result<media_handle> examine(opened_file file, const std::string& path) const;

    std::string root_;
    unique_fd root_fd_; // the number stays; renew_root() replaces its directory
    resolver how_;
    const clock& time_;
    std::atomic<bool> is_missing_{false};
    mutable version_memory seen_; // thread safe
};

} // namespace sluice::core
