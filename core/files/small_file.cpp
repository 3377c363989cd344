#include "core/files/small_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sluice::core {

std::string read_small_file(int fd, std::size_t max_bytes, std::string& out) {
    out.assign(max_bytes + 1, '\0'); // one more than allowed, to detect a larger file
    std::size_t size = 0;
    while (size < out.size()) {
        const auto got = ::read(fd, out.data() + size, out.size() - size);
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return "cannot be read: " + system_message(errno);
        }
        size += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    if (size > max_bytes) {
        return "is larger than " + std::to_string(max_bytes) + " bytes";
    }
    out.resize(size);
    return {};
}

std::string system_message(int error_number) {
    return std::generic_category().message(error_number);
}

} // namespace sluice::core
