#include "core/files/file_replacement.hpp"

#include "core/files/small_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

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

/// Gives the new file the owner of the old one: an administrator edits a file that the service must
/// be able to read.
bool take_owner(int fd, const std::string& path) {
    struct stat before {};
    if (::stat(path.c_str(), &before) != 0) {
        return errno == ENOENT;
    }
    return (before.st_uid == ::geteuid() && before.st_gid == ::getegid()) ||
           ::fchown(fd, before.st_uid, before.st_gid) == 0;
}

} // namespace

file_replacement::file_replacement(std::string path)
    : path_(std::move(path)), next_(path_ + ".new"),
      file_(::open(next_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
    if (!file_) {
        fault_ = errno == EEXIST
                     ? "is being changed by another process; if there is none, remove " + next_
                     : "cannot be written: " + system_message(errno);
    }
}

file_replacement::~file_replacement() {
    if (file_) {
        ::unlink(next_.c_str());
    }
}

std::string file_replacement::commit(std::string_view text) {
    if (!write_all(file_.get(), text) || !take_owner(file_.get(), path_) ||
        std::rename(next_.c_str(), path_.c_str()) != 0) {
        return "cannot be written: " + system_message(errno);
    }
    file_ = unique_fd();
    return {};
}

} // namespace sluice::core
