#pragma once
// Accepts connections and spreads them over the workers, each in turn. Never gives up: when
// descriptors run out it waits and tries again.

#include "http/asio.hpp"
#include "http/worker.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <vector>

namespace sluice::http {

class listener {
  public:
    struct settings {
        tcp::endpoint endpoint;
        unsigned connections = 16000; // over all workers; beyond it: 503 with Retry-After
    };

    /// Binds and listens; throws boost::system::system_error naming the endpoint. The first of
    /// `workers` also runs the accept loop. `on_failure` is called once when accepting begins to
    /// fail (with the error) and once when it works again (with none).
    listener(settings with, std::vector<worker*> workers,
             std::function<void(error_code)> on_failure);

    /// Begins to accept.
    void start();
    /// Closes the listening socket. Thread safe; connections live on.
    void stop();

    /// Replaces settings::connections. Thread safe; what is connected stays.
    void limit(unsigned connections);

    /// With the port the kernel chose where 0 was asked for.
    [[nodiscard]] tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

  private:
    using acceptor = net::basic_socket_acceptor<tcp, net::io_context::executor_type>;
    using timer = net::basic_waitable_timer<std::chrono::steady_clock,
                                            net::wait_traits<std::chrono::steady_clock>,
                                            net::io_context::executor_type>;

    void accept();
    void hand_over(worker& to, tcp_socket socket);
    void back_off(error_code why);
    [[nodiscard]] std::uint64_t connections() const noexcept;

    settings with_;
    std::vector<worker*> workers_;
    std::function<void(error_code)> on_failure_;
    acceptor acceptor_;
    timer pause_;
    std::size_t next_ = 0;
    bool is_failing_ = false;
};

} // namespace sluice::http
