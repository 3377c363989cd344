#include "core/files/secret_file.hpp"

#include "core/base/unique_fd.hpp"
#include "core/files/small_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::core {

namespace {

/// Empty when the open file may hold a key; `found` is then its status.
std::string objection_to(int fd, file_secrecy wanted, file_secrecy& found) {
    struct stat facts {};
    if (::fstat(fd, &facts) != 0) {
        return "cannot be examined: " + system_message(errno);
    }
    if (!S_ISREG(facts.st_mode)) {
        return "is not a regular file";
    }
    found = (facts.st_mode & (S_IRWXG | S_IRWXO)) == 0 ? file_secrecy::closed
                                                       : file_secrecy::unwritable;
    if (wanted == file_secrecy::closed && found != file_secrecy::closed) {
        return std::string(open_to_others);
    }
    if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return "can be written by others than its owner: chmod 644 it";
    }
    if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
        return "belongs to another user: chown it to the user the service runs as, or to root";
    }
    return {};
}

} // namespace

std::string read_trusted_file(const std::string& path, file_secrecy wanted, std::size_t max_bytes,
                              trusted_text& out) {
    // O_NONBLOCK: open() does not wait for the writer of a FIFO, which is rejected below.
    const unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
        return "cannot be opened: " + system_message(errno);
    }
    auto fault = objection_to(file.get(), wanted, out.secrecy);
    return fault.empty() ? read_small_file(file.get(), max_bytes, out.text) : fault;
}

} // namespace sluice::core
