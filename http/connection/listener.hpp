#pragma once
// Accepts the connections of one socket and distributes them over the workers in turn. Does not
// serve them. Accepting never ends because of an error: when descriptors run out, the listener uses
// a spare descriptor to reject the waiting connections and tries again after a pause. Used by
// app/service/front.hpp.

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
    /// begins to fail (with the error) and once when it works again (with none). `by` holds the
    /// gate and the starter of sessions; it outlives the workers.
    listener(listen_socket socket, const entrance& by, std::vector<worker*> workers,
             std::function<void(error_code)> on_failure);

    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    /// Starts to accept connections.
    void start();
    /// Accepts the connections that are already waiting, then closes the listening socket; happens
    /// shortly after the call. Open connections stay open. Thread safe.
    void stop();
    /// False after stop() has taken effect. Thread safe.
    [[nodiscard]] bool is_open() const noexcept { return is_open_.load(); }

    /// The address, with the port that the kernel chose when port 0 was requested.
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
    core::unique_fd spare_; // closed for a moment when descriptors run out
    std::size_t next_ = 0;
    bool is_failing_ = false;
    std::atomic<bool> is_open_{true};
};

} // namespace sluice::http
