#include "http/connection/bare_sessions.hpp"

#include "http/connection/session_end.hpp"
#include "http/loop/socket_transport.hpp"

#include <utility>

namespace sluice::http {

void bare_sessions::start(worker& owner, arrival from) const {
    auto* started = new session<socket_transport>(
        owner, socket_transport(owner.ready(), std::move(from.socket)),
        std::move(from.peer)); // destroys itself
    started->start(std::move(from.verdict));
}

} // namespace sluice::http
