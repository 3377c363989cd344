#pragma once
// The two ways to open a file below a directory without leaving it or following a symbolic link.
// Only system calls and errno: media_store, the only user, checks the opened file.

#include "core/base/unique_fd.hpp"

#include <string>
#include <string_view>

namespace sluice::core {

/// A descriptor, or the errno of the failure. ELOOP or EXDEV: a symbolic link.
struct opened_file {
    unique_fd fd;
    int error = 0;
};

/// True for one or more names separated by single slashes, none of them "." or "..", without NUL.
/// REQUIRED of every path that is passed to the resolvers.
[[nodiscard]] bool is_plain_relative_path(std::string_view path) noexcept;

/// Opens for reading with openat2(2): the kernel rejects symbolic links, magic links, and any path
/// that leads out of `root_fd`. EAGAIN is retried a few times.
[[nodiscard]] opened_file open_with_openat2(int root_fd, const std::string& path) noexcept;

/// The same, in one attempt, when all names of the path are in the kernel's cache. EAGAIN when one
/// would have to be read from a disk.
[[nodiscard]] opened_file open_from_cache(int root_fd, const std::string& path) noexcept;

/// The same result, one component at a time with O_NOFOLLOW, for kernels without openat2.
[[nodiscard]] opened_file open_with_walk(int root_fd, const std::string& path);

/// 0 when the kernel has openat2 and allows it on `root_fd`, else the errno.
[[nodiscard]] int probe_openat2(int root_fd) noexcept;

} // namespace sluice::core
