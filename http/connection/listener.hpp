#pragma once
// Accepts the connections of one socket and spreads them over the workers, each in turn. Never
// gives up: when descriptors run out it tells those who wait so, by means of a descriptor kept for
// that, and tries again a little later.

#include "core/base/unique_fd.hpp"
#include "http/connection/entrance.hpp"
#include "http/connection/listen_socket.hpp"
#include "http/connection/worker.hpp"
#include "http/loop/asio.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace sluice::http {

class listener {
  public:
    /// The first of `workers` also runs the accept loop. `on_failure` is called once when accepting
    /// begins to fail (with the error) and once when it works again (with none). `by` says who gets
    /// in and how; it outlives the workers.
    listener(listen_socket socket, const entrance& by, std::vector<worker*> workers,
             std::function<void(error_code)> on_failure);

    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    /// Begins to accept.
    void start();
    /// Takes who has connected already, then closes the listening socket, soon. Thread safe;
    /// connections live on.
    void stop();
    /// False once stop() has been done. Thread safe.
    [[nodiscard]] bool is_open() const noexcept { return is_open_.load(); }

    /// With the port the kernel chose where 0 was asked for.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

  private:
    using acceptor =
        net::basic_socket_acceptor<net::generic::stream_protocol, net::io_context::executor_type>;
    using timer = net::basic_waitable_timer<std::chrono::steady_clock,
                                            net::wait_traits<std::chrono::steady_clock>,
                                            net::io_context::executor_type>;

    void wait();
    void accept_some();
    [[nodiscard]] error_code accept_one();
    void hand_over(core::unique_fd socket, peer_info peer);
    void report(error_code why);
    void back_off(error_code why);
    void turn_away_waiting();

    const entrance& by_;
    std::vector<worker*> workers_;
    std::function<void(error_code)> on_failure_;
    listen_socket socket_; // its descriptor is acceptor_'s
    std::string name_;
    acceptor acceptor_;
    timer pause_;
    core::unique_fd spare_; // given up for a moment when descriptors run out
    std::size_t next_ = 0;
    bool is_failing_ = false;
    std::atomic<bool> is_open_{true};
};

} // namespace sluice::http
