#include "app/status/control_entrance.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <string_view>
#include <utility>

namespace sluice::app {

namespace {

constexpr std::string_view refusal = "HTTP/1.1 403 Forbidden\r\n"
                                     "Content-Length: 0\r\n"
                                     "Connection: close\r\n\r\n";

} // namespace

void control_entrance::start(http::worker& owner, http::arrival from) const {
    ucred peer{};
    socklen_t size = sizeof peer;
    const int socket = from.socket.get();
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
        may_ask(peer.uid, ::geteuid())) {
        next_.start(owner, std::move(from));
        return;
    }
    // Fits into the empty buffer of the socket. The socket closes with `from`.
    static_cast<void>(::send(socket, refusal.data(), refusal.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
}

} // namespace sluice::app
