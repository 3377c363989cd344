#pragma once
// What a socket still owes its peer. Used by http/loop/socket_transport and tls/secure_socket.

#include <cstdint>

namespace sluice::http {

/// The bytes in the send queue of `socket` that its peer has not acknowledged (SIOCOUTQ); 0 when
/// the connection is over, because nothing will deliver them, and when the kernel does not tell.
[[nodiscard]] std::uint64_t unacknowledged_bytes(int socket) noexcept;

} // namespace sluice::http
