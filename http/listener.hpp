#pragma once
// Accepts connections and spreads them over the workers, each in turn. Never gives up: when
// descriptors run out it tells those who wait so, by means of a descriptor kept for that, and tries
// again a little later.

#include "core/unique_fd.hpp"
#include "http/asio.hpp"
#include "http/worker.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <vector>

namespace sluice::http {

class listener {
  public:
    /// Binds and listens; throws boost::system::system_error naming the endpoint. The first of
    /// `workers` also runs the accept loop. `on_failure` is called once when accepting begins to
    /// fail (with the error) and once when it works again (with none). `gate` says who gets in; it
    /// outlives the workers, whose connections hold places of it.
    listener(const tcp::endpoint& endpoint, connection_gate& gate, std::vector<worker*> workers,
             std::function<void(error_code)> on_failure);

    /// Begins to accept.
    void start();
    /// Closes the listening socket. Thread safe; connections live on.
    void stop();

    /// With the port the kernel chose where 0 was asked for.
    [[nodiscard]] tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

  private:
    using acceptor = net::basic_socket_acceptor<tcp, net::io_context::executor_type>;
    using timer = net::basic_waitable_timer<std::chrono::steady_clock,
                                            net::wait_traits<std::chrono::steady_clock>,
                                            net::io_context::executor_type>;

    void wait();
    void accept_some();
    [[nodiscard]] error_code accept_one();
    void hand_over(worker& to, tcp_socket socket);
    void report(error_code why);
    void back_off(error_code why);
    void turn_away_waiting();

    connection_gate& gate_;
    std::vector<worker*> workers_;
    std::function<void(error_code)> on_failure_;
    acceptor acceptor_;
    timer pause_;
    core::unique_fd spare_; // given up for a moment when descriptors run out
    tcp::endpoint peer_;    // of the connection that is accepted next
    std::size_t next_ = 0;
    bool is_failing_ = false;
};

} // namespace sluice::http
