#include "core/secret_file.hpp"

#include "core/small_file.hpp"
#include "core/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::core {

namespace {

/// Empty when the open file is one that a key may lie in.
std::string objection_to(int fd, file_secrecy wanted) {
    struct stat facts {};
    if (::fstat(fd, &facts) != 0) {
        return "cannot be examined: " + system_message(errno);
    }
    if (!S_ISREG(facts.st_mode)) {
        return "is not a regular file";
    }
    if (wanted == file_secrecy::closed && (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return "can be accessed by others than its owner: chmod 600 it";
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
                              wiped_text& out) {
    // O_NONBLOCK: a FIFO in this place is refused below instead of waited for.
    const unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
        return "cannot be opened: " + system_message(errno);
    }
    auto fault = objection_to(file.get(), wanted);
    return fault.empty() ? read_small_file(file.get(), max_bytes, out.text) : fault;
}

} // namespace sluice::core
