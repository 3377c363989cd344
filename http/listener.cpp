#include "http/listener.hpp"

#include <boost/asio/post.hpp>

#include <sstream>

namespace sluice::http {

namespace {

constexpr std::chrono::milliseconds failure_pause{100};

// Over the limit a connection is told so, as long as there are not too many of those either.
constexpr std::uint64_t refusals_at_once = 256;

} // namespace

listener::listener(settings with, std::vector<worker*> workers,
                   std::function<void(error_code)> on_failure)
    : with_(with), workers_(std::move(workers)), on_failure_(std::move(on_failure)),
      acceptor_(workers_.front()->context()), pause_(workers_.front()->context()) {
    try {
        acceptor_.open(with_.endpoint.protocol());
        acceptor_.set_option(acceptor::reuse_address(true));
        acceptor_.bind(with_.endpoint);
        acceptor_.listen(acceptor::max_listen_connections);
        acceptor_.non_blocking(true);
    } catch (const boost::system::system_error& failure) {
        std::ostringstream text;
        text << "cannot listen on " << with_.endpoint;
        throw boost::system::system_error(failure.code(), text.str());
    }
}

void listener::start() {
    net::post(acceptor_.get_executor(), [this] { accept(); });
}

void listener::stop() {
    net::post(acceptor_.get_executor(), [this] {
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
    });
}

void listener::limit(unsigned connections) {
    net::post(acceptor_.get_executor(), [this, connections] { with_.connections = connections; });
}

void listener::accept() {
    if (!acceptor_.is_open()) {
        return;
    }
    auto& to = *workers_[next_];
    acceptor_.async_accept(to.context().get_executor(),
                           [this, &to](error_code ec, tcp_socket socket) {
                               if (ec == net::error::operation_aborted) {
                                   return;
                               }
                               if (ec && ec != net::error::connection_aborted) {
                                   back_off(ec);
                                   return;
                               }
                               if (is_failing_) {
                                   is_failing_ = false;
                                   on_failure_({});
                               }
                               if (!ec) {
                                   next_ = (next_ + 1) % workers_.size();
                                   hand_over(to, std::move(socket));
                               }
                               accept();
                           });
}

void listener::hand_over(worker& to, tcp_socket socket) {
    const auto open = connections();
    if (open >= with_.connections + refusals_at_once) {
        return; // the socket closes
    }
    const bool is_over = open >= with_.connections;
    net::post(to.context(), [&to, is_over, socket = std::move(socket)]() mutable {
        to.adopt(std::move(socket), is_over ? admission::refused : admission::served);
    });
}

void listener::back_off(error_code why) {
    workers_.front()->count().accept_failures.add();
    if (!is_failing_) {
        is_failing_ = true;
        on_failure_(why);
    }
    pause_.expires_after(failure_pause);
    pause_.async_wait([this](error_code ec) {
        if (!ec) {
            accept();
        }
    });
}

std::uint64_t listener::connections() const noexcept {
    std::uint64_t open = 0;
    for (auto* one : workers_) {
        open += one->count().connections_open.value();
    }
    return open;
}

} // namespace sluice::http
