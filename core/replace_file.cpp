#include "core/replace_file.hpp"

#include "core/small_file.hpp"
#include "core/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace sluice::core {

namespace {

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return ::fsync(fd) == 0;
}

/// Gives the new file the owner of the old one: an administrator edits what the service must read.
bool take_owner(int fd, const std::string& path) {
    struct stat before {};
    if (::stat(path.c_str(), &before) != 0) {
        return errno == ENOENT;
    }
    return (before.st_uid == ::geteuid() && before.st_gid == ::getegid()) ||
           ::fchown(fd, before.st_uid, before.st_gid) == 0;
}

} // namespace

std::string replace_file(const std::string& path, std::string_view text) {
    const auto next = path + ".new";
    const unique_fd file(
        ::open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file) {
        return errno == EEXIST
                   ? "is being changed by another process; if there is none, remove " + next
                   : "cannot be written: " + system_message(errno);
    }
    if (write_all(file.get(), text) && take_owner(file.get(), path) &&
        std::rename(next.c_str(), path.c_str()) == 0) {
        return {};
    }
    const auto why = system_message(errno);
    ::unlink(next.c_str());
    return "cannot be written: " + why;
}

} // namespace sluice::core
