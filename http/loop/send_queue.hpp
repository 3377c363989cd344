#pragma once
// The bytes that a socket has taken and its peer has not acknowledged: their number, and a limit of
// those that wait to be sent. Sends nothing.
// Used by http/loop/socket_transport and tls/secure_socket.

#include <cstdint>

namespace sluice::http {

/// The bytes in the send queue of `socket` that its peer has not acknowledged (SIOCOUTQ); 0 when
/// the connection has ended, because they will not be delivered, and when the kernel reports no
/// number.
[[nodiscard]] std::uint64_t unacknowledged_bytes(int socket) noexcept;

/// The same number (SIOCOUTQ), kept after the end of the connection: the bytes that were lost with
/// it. After a shutdown for sending, the FIN counts as one byte until it is acknowledged. For a
/// unix socket: the memory that the peer has not read yet, which is more than its bytes.
[[nodiscard]] std::uint64_t queued_bytes(int socket) noexcept;

/// From now on, `socket` takes no more bytes while about `bytes` of them wait to be sent
/// (TCP_NOTSENT_LOWAT). Those on the way to the peer do not count. No effect on a unix socket.
void limit_unsent(int socket, unsigned bytes) noexcept;

} // namespace sluice::http
