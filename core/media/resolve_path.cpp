#include "core/media/resolve_path.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
#endif

namespace sluice::core {

namespace {

// O_NONBLOCK: opening a FIFO without a writer must not block the thread; it does not affect regular
// files. O_NOCTTY: no terminal becomes the controlling one. O_NOATIME is left out: the kernel
// rejects it for files that we do not own.
constexpr int file_flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
constexpr int directory_flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// EAGAIN means that a rename elsewhere raced with the look-up. More than a few in a row is not an
// accident.
constexpr int openat2_attempts = 4;

opened_file open_once(int root_fd, const char* path, int flags, std::uint64_t more = 0) noexcept {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | more;
    const long fd = ::syscall(SYS_openat2, root_fd, path, &how, sizeof how);
    return fd < 0 ? opened_file{{}, errno} : opened_file{unique_fd(static_cast<int>(fd)), 0};
}

opened_file open_component(int parent_fd, const std::string& name, int flags) noexcept {
    unique_fd fd(::openat(parent_fd, name.c_str(), flags));
    int error = fd ? 0 : errno;
    // O_DIRECTORY is checked before O_NOFOLLOW, so ENOTDIR covers symbolic links too. This second
    // look-up only decides which rejection is counted.
    struct stat facts {};
    if (error == ENOTDIR && ::fstatat(parent_fd, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISLNK(facts.st_mode)) {
        error = ELOOP;
    }
    return {std::move(fd), error};
}

} // namespace

bool is_plain_relative_path(std::string_view path) noexcept {
    if (path.find('\0') != std::string_view::npos) {
        return false;
    }
    for (std::size_t slash = 0; slash != std::string_view::npos;) {
        slash = path.find('/');
        const std::string_view name = path.substr(0, slash);
        if (name.empty() || name == "." || name == "..") {
            return false;
        }
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    return true;
}

opened_file open_with_openat2(int root_fd, const std::string& path) noexcept {
    opened_file file;
    for (int attempt = 0; attempt < openat2_attempts; ++attempt) {
        file = open_once(root_fd, path.c_str(), file_flags);
        if (file.error != EAGAIN) {
            break;
        }
    }
    return file;
}

opened_file open_from_cache(int root_fd, const std::string& path) noexcept {
    return open_once(root_fd, path.c_str(), file_flags, RESOLVE_CACHED);
}

opened_file open_with_walk(int root_fd, const std::string& path) {
    opened_file parent;
    std::size_t start = 0;
    for (;;) {
        const int parent_fd = start == 0 ? root_fd : parent.fd.get();
        const std::size_t slash = path.find('/', start);
        const std::string name = path.substr(start, slash - start);
        if (slash == std::string::npos) {
            return open_component(parent_fd, name, file_flags | O_NOFOLLOW);
        }
        parent = open_component(parent_fd, name, directory_flags);
        if (parent.error != 0) {
            return parent;
        }
        start = slash + 1;
    }
}

int probe_openat2(int root_fd) noexcept {
    return open_once(root_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC).error;
}

} // namespace sluice::core
