#include "http/listener.hpp"

#include <boost/asio/post.hpp>

#include <sstream>

namespace sluice::http {

namespace {

constexpr std::chrono::milliseconds failure_pause{100};

core::ip_address address_of(const tcp::endpoint& peer) {
    const auto address = peer.address();
    const auto wide = address.is_v4()
                          ? net::ip::make_address_v6(net::ip::v4_mapped, address.to_v4())
                          : address.to_v6();
    return wide.to_bytes();
}

} // namespace

listener::listener(const tcp::endpoint& endpoint, connection_gate& gate,
                   std::vector<worker*> workers, std::function<void(error_code)> on_failure)
    : gate_(gate), workers_(std::move(workers)), on_failure_(std::move(on_failure)),
      acceptor_(workers_.front()->context()), pause_(workers_.front()->context()) {
    try {
        acceptor_.open(endpoint.protocol());
        acceptor_.set_option(acceptor::reuse_address(true));
        acceptor_.bind(endpoint);
        acceptor_.listen(acceptor::max_listen_connections);
        acceptor_.non_blocking(true);
    } catch (const boost::system::system_error& failure) {
        std::ostringstream text;
        text << "cannot listen on " << endpoint;
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

void listener::accept() {
    if (!acceptor_.is_open()) {
        return;
    }
    auto& to = *workers_[next_];
    acceptor_.async_accept(to.context().get_executor(), peer_,
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
    auto verdict = gate_.admit(address_of(peer_));
    if (verdict.how != admission::served) {
        workers_.front()->count().add_limit(verdict.limit);
    }
    if (verdict.how == admission::turned_away) {
        return; // the socket closes
    }
    net::post(to.context(),
              [&to, verdict = std::move(verdict), socket = std::move(socket)]() mutable {
                  to.adopt(std::move(socket), std::move(verdict));
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

} // namespace sluice::http
