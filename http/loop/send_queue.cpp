#include "http/loop/send_queue.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace sluice::http {

std::uint64_t unacknowledged_bytes(int socket) noexcept {
    const auto queued = queued_bytes(socket);
    if (queued == 0) {
        return 0;
    }
    // After a reset, the kernel still reports the bytes that were queued.
    tcp_info facts{};
    socklen_t size = sizeof facts;
    const bool is_over = ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &facts, &size) == 0 &&
                         facts.tcpi_state == TCP_CLOSE;
    return is_over ? 0 : queued;
}

std::uint64_t queued_bytes(int socket) noexcept {
    int queued = 0;
    return ::ioctl(socket, SIOCOUTQ, &queued) == 0 && queued > 0
               ? static_cast<std::uint64_t>(queued)
               : 0;
}

void limit_unsent(int socket, unsigned bytes) noexcept {
    // It fails on a unix socket, which has a buffer of a fixed size.
    ::setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
}

} // namespace sluice::http
