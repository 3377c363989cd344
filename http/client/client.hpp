#pragma once
// Sends requests to other servers (docs/decisions/0037-an-outbound-client.md): finds an address,
// keeps a few idle connections, and repeats a request whose idle connection turns out to be closed.
// It follows no redirect: a URL is the operator's, and another server must not choose one for it
// (docs/security.md, threat 70). All on one io_context, by one thread, which it never blocks. Used
// by app/jwks/jwks_fetch.

#include "http/client/call.hpp"
#include "http/client/channel.hpp"
#include "http/client/client_counts.hpp"
#include "http/client/outgoing.hpp"
#include "http/loop/asio.hpp"

#include <chrono>
#include <cstddef>
#include <memory>

namespace sluice::http {

class client_core;

class client {
  public:
    struct settings {
        /// Servers close idle connections after 60 s, some after less. Ours are closed before.
        std::chrono::milliseconds idle_life{45000};
        std::size_t idle_per_host = 2;
        /// SO_RCVBUF of connections, in bytes; 0: the kernel adapts it to each. It bounds what a
        /// response that is read slowly takes of the kernel's memory.
        int receive_buffer = 0;
        /// Where it counts, beside other clients; null: in an object of its own.
        std::shared_ptr<client_counts> counts{};
    };

    /// `secure` makes the connections of https; null: calls to https fail. Made, used and destroyed
    /// on the thread of `context`, or while no thread runs it. Calls may outlive the client;
    /// nothing of it may outlive `context`.
    client(net::io_context& context, std::shared_ptr<const channel_maker> secure, settings with);
    ~client();
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    /// Sends the request. `then` is called once, when the head of the response has arrived, of any
    /// status, or when the call has failed. The call is cancelled by destroying what is returned.
    [[nodiscard]] std::unique_ptr<call> start(outgoing what, call::head_handler then);

    [[nodiscard]] const client_counts& counts() const noexcept;

  private:
    std::shared_ptr<client_core> core_;
};

} // namespace sluice::http
