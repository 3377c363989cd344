#include "core/media/directory_reader.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace sluice::core {

namespace {

constexpr std::size_t listing_bytes = 32768; // several hundred names for one system call

directory_state state_of(int error) noexcept {
    // O_DIRECTORY | O_NOFOLLOW also fails with ENOTDIR on a symbolic link.
    const bool gone =
        error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG;
    return gone ? directory_state::gone : directory_state::unreadable;
}

bool is_directory(int parent_fd, const dirent64& entry) noexcept {
    if (entry.d_type != DT_UNKNOWN) {
        return entry.d_type == DT_DIR;
    }
    struct stat facts {}; // some file systems do not store the type with the name
    return ::fstatat(parent_fd, entry.d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(facts.st_mode);
}

} // namespace

opened_directory open_directory(int parent_fd, const char* name) noexcept {
    opened_directory opened;
    opened.fd = unique_fd(::openat(parent_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat facts {};
    if (!opened.fd || ::fstat(opened.fd.get(), &facts) != 0) {
        opened.state = state_of(errno);
        return opened;
    }
    opened.state = directory_state::open;
    opened.stamp = {facts.st_dev,          facts.st_ino,         facts.st_mtim.tv_sec,
                    facts.st_mtim.tv_nsec, facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec};
    return opened;
}

// getdents64 rather than readdir: readdir reports the end of a removed directory as an error.
// Taking a partial listing for the whole would make courses vanish.
bool list_directories(int fd, const std::function<bool(std::string_view)>& visit) {
    const unique_fd readable(::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!readable) {
        return false;
    }
    alignas(dirent64) std::array<char, listing_bytes> buffer{};
    for (;;) {
        const ssize_t filled = ::getdents64(readable.get(), buffer.data(), buffer.size());
        if (filled <= 0) {
            return filled == 0;
        }
        for (std::size_t at = 0; at < static_cast<std::size_t>(filled);) {
            const auto& entry = *reinterpret_cast<const dirent64*>(buffer.data() + at);
            at += entry.d_reclen;
            const std::string_view name(entry.d_name);
            if (name != "." && name != ".." && is_directory(readable.get(), entry) &&
                !visit(name)) {
                return true;
            }
        }
    }
}

} // namespace sluice::core
