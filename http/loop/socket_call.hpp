#pragma once
// recv() and send() without glibc's thread cancellation, which nothing here uses: in a process with
// several threads, glibc makes each of its own calls cancellable and back with two atomic
// exchanges, which takes 30 ns of a request (docs/performance.md). The results and errno are those
// of the calls. Sanitizers see only the library's calls, and get those. Used by
// http/loop/socket_transport.cpp and tls/secure_socket.cpp.

#include "http/loop/uninterrupted.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <span>
#include <string_view>

namespace sluice::http {

namespace detail {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

} // namespace detail

/// Reads what has arrived, and does not wait. Repeats a call that a signal interrupted.
[[nodiscard]] inline ssize_t receive_now(int socket, std::span<char> into, int flags = 0) noexcept {
    flags |= MSG_DONTWAIT;
    return uninterrupted([&]() -> ssize_t {
        return detail::is_sanitized ? ::recv(socket, into.data(), into.size(), flags)
                                    : ::syscall(SYS_recvfrom, socket, into.data(), into.size(),
                                                flags, nullptr, nullptr);
    });
}

/// Sends what the socket has room for, and does not wait. Repeats a call that a signal interrupted.
[[nodiscard]] inline ssize_t send_now(int socket, std::string_view bytes, int flags = 0) noexcept {
    flags |= MSG_DONTWAIT | MSG_NOSIGNAL;
    return uninterrupted([&]() -> ssize_t {
        return detail::is_sanitized
                   ? ::send(socket, bytes.data(), bytes.size(), flags)
                   : ::syscall(SYS_sendto, socket, bytes.data(), bytes.size(), flags, nullptr, 0);
    });
}

} // namespace sluice::http
