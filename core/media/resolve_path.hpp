#pragma once
// The two ways to open a file below a directory without ever leaving it or following a symbolic
// link. System calls and errno only; media_store, the one caller, judges what was opened.

#include "core/base/unique_fd.hpp"

#include <string>
#include <string_view>

namespace sluice::core {

/// A descriptor, or the errno that stood in the way. ELOOP or EXDEV: a symbolic link.
struct opened_file {
    unique_fd fd;
    int error = 0;
};

/// True for one or more names separated by single slashes, none of them "." or "..", without NUL.
/// Neither resolver is to see any other path.
[[nodiscard]] bool is_plain_relative_path(std::string_view path) noexcept;

/// Opens for reading with openat2(2): the kernel does not resolve symbolic links, magic links, or
/// anything that leads out of `root_fd`. EAGAIN is tried again a few times.
[[nodiscard]] opened_file open_with_openat2(int root_fd, const std::string& path) noexcept;

/// The same answer one component at a time, for kernels without openat2: O_NOFOLLOW on each.
[[nodiscard]] opened_file open_with_walk(int root_fd, const std::string& path);

/// 0 when the kernel has openat2 and lets us call it on `root_fd`, else the errno.
[[nodiscard]] int probe_openat2(int root_fd) noexcept;

} // namespace sluice::core
