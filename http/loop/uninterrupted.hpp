#pragma once
// Repeats a system call that a signal interrupted (EINTR). It does not retry any other error. Used
// by http/loop/socket_call.hpp and http/loop/socket_transport.cpp.

#include <sys/types.h>

#include <cerrno>

namespace sluice::http {

/// The result of `call`, which returns a count, or -1 with errno set.
template <class Call>
[[nodiscard]] ssize_t uninterrupted(Call call) noexcept {
    ssize_t count = 0;
    do {
        count = call();
    } while (count < 0 && errno == EINTR);
    return count;
}

} // namespace sluice::http
