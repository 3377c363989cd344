#include "core/files/file_replacement.hpp"

#include "core/files/file_owner.hpp"
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

constexpr mode_t owners_own = S_IRUSR | S_IWUSR;

/// The fault of a file that this user cannot replace without taking it away from its owner.
std::string objection_to_owner(const std::string& path) {
    struct stat before {};
    if (::geteuid() == 0 || ::stat(path.c_str(), &before) != 0 || before.st_uid == ::geteuid()) {
        return {};
    }
    return "belongs to " + user_name(before.st_uid) + ": run this command as root" +
           (before.st_uid == 0 ? "" : " or as that user");
}

} // namespace

file_replacement::file_replacement(std::string path)
    : path_(std::move(path)), next_(path_ + ".new"), fault_(objection_to_owner(path_)) {
    if (!fault_.empty()) {
        return;
    }
    file_ = unique_fd(::open(next_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, owners_own));
    if (!file_) {
        const int error = errno;
        fault_ = error == EEXIST
                     ? "is being changed by another process; if there is none, remove " + next_
                     : "cannot be written: " + system_message(error);
        if (error == EACCES) {
            const auto directory = directory_of(path_);
            fault_ += ": the directory " + directory + belongs_to(directory) +
                      ": run this command as root or as its owner";
        }
    }
}

file_replacement::~file_replacement() {
    if (file_) {
        ::unlink(next_.c_str());
    }
}

std::string file_replacement::commit(std::string_view text) {
    if (!give_away() || !write_all(file_.get(), text) ||
        std::rename(next_.c_str(), path_.c_str()) != 0) {
        return "cannot be written: " + system_message(errno);
    }
    file_ = unique_fd();
    return {};
}

bool file_replacement::give_away() {
    struct stat before {};
    if (::stat(path_.c_str(), &before) != 0) {
        const auto mode =
            errno == ENOENT ? give_to_service(file_.get(), directory_of(path_)) : std::nullopt;
        return mode && ::fchmod(file_.get(), *mode) == 0;
    }
    const bool is_given =
        (before.st_uid == ::geteuid() && before.st_gid == ::getegid()) ||
        ::fchown(file_.get(), ::geteuid() == 0 ? before.st_uid : static_cast<uid_t>(-1),
                 before.st_gid) == 0;
    return is_given && ::fchmod(file_.get(), owners_own | (before.st_mode & S_IRGRP)) == 0;
}

std::optional<mode_t> give_to_service(int fd, const std::string& directory) {
    struct stat holder {};
    if (::geteuid() != 0) {
        return owners_own;
    }
    if (::stat(directory.c_str(), &holder) != 0) {
        return std::nullopt;
    }
    if (holder.st_uid == 0 && holder.st_gid == 0) {
        if (const auto service = service_account()) {
            holder.st_gid = service->group;
        }
    }
    // Most containers run as root and have no right to change owners, nor a reason to.
    const bool is_given_already = holder.st_uid == 0 && holder.st_gid == ::getegid();
    if (!is_given_already && ::fchown(fd, holder.st_uid, holder.st_gid) != 0) {
        return std::nullopt;
    }
    return holder.st_uid == 0 && holder.st_gid != 0 ? owners_own | S_IRGRP : owners_own;
}

} // namespace sluice::core
