#include "http/loop/peer_pulse.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace sluice::http {

core::peer_pulse pulse_of(int socket) noexcept {
    tcp_info facts{};
    socklen_t size = sizeof facts;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &facts, &size) != 0) {
        return {}; // not TCP
    }
    // One packet without a response is no sign: it may be lost, and Linux responds to a window
    // probe only once in 500 ms (tcp_invalid_ratelimit), while the second one follows after 400 ms.
    // Both counters are 0 again after a response. The time since the last response tells nothing
    // alone: the intervals grow to two minutes.
    constexpr unsigned debt = 2;
    return {.owes_response = facts.tcpi_probes >= debt ||
                             (facts.tcpi_unacked > 0 && facts.tcpi_retransmits >= debt),
            .since_response = std::chrono::milliseconds(facts.tcpi_last_ack_recv)};
}

} // namespace sluice::http
