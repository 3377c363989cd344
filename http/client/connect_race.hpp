#pragma once
// Connects to the first of several addresses that accepts. An address that does not answer costs a
// quarter of a second and not the whole deadline: the next one is tried beside it (the idea of RFC
// 8305 §5). Does not resolve names: http/client/name_lookup does. Used by http/client/call_flow.

#include "http/client/call_result.hpp"
#include "http/loop/asio.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sluice::http {

class connect_race : public std::enable_shared_from_this<connect_race> {
  public:
    using handler = std::function<void(call_result<tcp::socket>)>;

    /// `then` gets the socket, or call_fault::connect and the last address's reason. It is not
    /// called from inside this, nor after cancel(). At most the first 16 addresses are tried. There
    /// is no deadline. `receive_buffer` is that of client::settings. REQUIRES: `to` is not empty.
    [[nodiscard]] static std::shared_ptr<connect_race> start(net::io_context& context,
                                                             std::vector<tcp::endpoint> to,
                                                             int receive_buffer, handler then);

    connect_race(net::io_context& context, std::vector<tcp::endpoint> to, int receive_buffer,
                 handler then);
    connect_race(const connect_race&) = delete;
    connect_race& operator=(const connect_race&) = delete;

    void cancel() noexcept;
    /// The first address, and the reason of the last one that failed.
    [[nodiscard]] std::string progress() const;

  private:
    void begin_next();
    void end(tcp::socket& socket, const tcp::endpoint& to, const error_code& ec);
    void finish(call_result<tcp::socket> outcome);

    std::vector<tcp::endpoint> to_;
    int receive_buffer_;
    handler then_;
    net::steady_timer head_start_;
    std::deque<tcp::socket> sockets_; // a deque does not move them
    std::size_t next_ = 0;
    std::size_t pending_ = 0;
    error_code fault_;
    tcp::endpoint failed_;
};

} // namespace sluice::http
