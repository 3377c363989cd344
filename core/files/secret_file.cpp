#include "core/files/secret_file.hpp"

#include "core/base/unique_fd.hpp"
#include "core/files/file_owner.hpp"
#include "core/files/small_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::core {

namespace {

/// True when this process may trust the content that the owner writes. Root's commands read the
/// files of the service, and the owner of a directory decides which file its names stand for.
bool is_trusted(uid_t owner, const std::string& path) {
    if (owner == 0 || owner == ::geteuid()) {
        return true;
    }
    if (::geteuid() != 0) {
        return false;
    }
    const auto service = service_account();
    const auto holder = service_account(directory_of(path));
    return (service && service->user == owner) || (holder && holder->user == owner);
}

/// True when the group that may read the file is one that its owner chose for the service: any
/// group if the owner is root, because this process could open the file; otherwise one of the
/// owner's own groups, or root's. A POSIX ACL shows as a group that may read.
bool is_shared_well(const struct stat& facts) {
    return (facts.st_mode & S_IRGRP) == 0 || facts.st_uid == 0 || facts.st_gid == 0 ||
           is_in_group(facts.st_uid, facts.st_gid);
}

/// The reason why a file with this status must not contain a secret; empty if it may.
std::string exposure_of(const struct stat& facts) {
    if ((facts.st_mode & S_IRWXO) != 0) {
        return "can be accessed by every user of this machine: chmod 600 it, or chmod 640 with a "
               "group of the service";
    }
    if (!is_shared_well(facts)) {
        return "can be read by the group " + group_name(facts.st_gid) + ", which its owner " +
               user_name(facts.st_uid) + " is not in: chmod 600 it";
    }
    return {};
}

/// Empty when the open file may be trusted, and if `wanted` also hold a secret. `exposure` is then
/// the reason why it may not.
std::string objection_to(int fd, const std::string& path, file_secrecy wanted,
                         std::string& exposure) {
    struct stat facts {};
    if (::fstat(fd, &facts) != 0) {
        return "cannot be examined: " + system_message(errno);
    }
    if (!S_ISREG(facts.st_mode)) {
        return "is not a regular file";
    }
    const bool is_for_all = (facts.st_mode & S_IRWXO) != 0;
    const bool is_trusted_owner = is_trusted(facts.st_uid, path);
    exposure = exposure_of(facts);
    if (wanted == file_secrecy::closed && (is_for_all || is_trusted_owner) && !exposure.empty()) {
        return exposure;
    }
    if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return std::string("can be written by others than its owner: chmod ") +
               (is_for_all ? "644 it" : "640 it");
    }
    if (!is_trusted_owner) {
        return "belongs to another user, " + user_name(facts.st_uid) +
               ": chown it to the user the service runs as, or to root";
    }
    return {};
}

} // namespace

std::string read_trusted_file(const std::string& path, file_secrecy wanted, std::size_t max_bytes,
                              trusted_text& out) {
    // O_NONBLOCK: open() does not wait for the writer of a FIFO, which is rejected below.
    const unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
        const int error = errno;
        return "cannot be opened: " + system_message(error) +
               (error == EACCES ? access_advice(path) : "");
    }
    auto fault = objection_to(file.get(), path, wanted, out.exposure);
    return fault.empty() ? read_small_file(file.get(), max_bytes, out.text) : fault;
}

} // namespace sluice::core
