#pragma once
// The kernel's knowledge of the peer of a socket that takes no bytes (TCP_INFO). Sends nothing, and
// judges nothing: core/download/peer_pause does. Used by http/loop/socket_transport and
// tls/secure_socket.

#include "core/download/peer_pause.hpp"

namespace sluice::http {

/// Without `queued`, which the transport knows. For a unix socket, a peer that owes no response.
[[nodiscard]] core::peer_pulse pulse_of(int socket) noexcept;

} // namespace sluice::http
