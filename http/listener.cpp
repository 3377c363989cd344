#include "http/listener.hpp"

#include "http/persist.hpp"

#include <boost/asio/post.hpp>

#include <fcntl.h>

#include <exception>
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

// Before those who are connected have their turn.
constexpr int accepted_per_turn = 64;

// Told so at once between two pauses; the rest waits for the next.
constexpr int turned_away_at_once = 64;

core::unique_fd spare_descriptor() noexcept {
    return core::unique_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool is_out_of_descriptors(error_code ec) noexcept {
    return ec == boost::system::errc::too_many_files_open ||
           ec == boost::system::errc::too_many_files_open_in_system;
}

} // namespace

listener::listener(const tcp::endpoint& endpoint, connection_gate& gate,
                   std::vector<worker*> workers, std::function<void(error_code)> on_failure)
    : gate_(gate), workers_(std::move(workers)), on_failure_(std::move(on_failure)),
      acceptor_(workers_.front()->context()), pause_(workers_.front()->context()),
      spare_(spare_descriptor()) {
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
    net::post(acceptor_.get_executor(), [this] { wait(); });
}

void listener::stop() {
    net::post(acceptor_.get_executor(), [this] {
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
    });
}

void listener::wait() {
    if (!acceptor_.is_open()) {
        return;
    }
    persist([this] {
        acceptor_.async_wait(acceptor::wait_read, [this](error_code ec) {
            if (!ec) {
                accept_some();
            }
        });
    });
}

// Accepted here and not by async_accept, which is lost for ever when memory runs out inside it.
void listener::accept_some() {
    for (int taken = 0; taken < accepted_per_turn; ++taken) {
        const auto ec = accept_one();
        if (ec == net::error::would_block) {
            break;
        }
        if (ec && ec != net::error::connection_aborted) {
            back_off(ec);
            return;
        }
    }
    wait();
}

error_code listener::accept_one() {
    auto& to = *workers_[next_];
    error_code ec;
    try {
        tcp_socket socket(to.context());
        acceptor_.accept(socket, peer_, ec);
        if (!ec) {
            report({});
            next_ = (next_ + 1) % workers_.size();
            hand_over(to, std::move(socket));
        }
    } catch (const std::exception&) { // no memory to hand it over: the socket closes
        workers_.front()->count().faults.add();
    }
    return ec;
}

void listener::hand_over(worker& to, tcp_socket socket) {
    auto verdict = gate_.admit(address_of(peer_));
    if (verdict.how != admission::served) {
        workers_.front()->count().add_limit(verdict.limit);
    }
    if (verdict.how == admission::dropped) {
        return; // the socket closes
    }
    net::post(to.context(),
              [&to, verdict = std::move(verdict), socket = std::move(socket)]() mutable {
                  to.adopt(std::move(socket), std::move(verdict));
              });
}

// Once when accepting begins to fail, once when it works again.
void listener::report(error_code why) {
    if (is_failing_ != why.failed()) {
        is_failing_ = why.failed();
        on_failure_(why);
    }
}

void listener::back_off(error_code why) {
    auto& own = *workers_.front();
    own.count().accept_failures.add();
    try {
        report(why);
        if (is_out_of_descriptors(why)) {
            turn_away_waiting();
        }
    } catch (const std::exception&) {
        own.count().faults.add();
    }
    persist([this] {
        pause_.expires_after(failure_pause);
        pause_.async_wait([this](error_code ec) {
            if (!ec) {
                wait();
            }
        });
    });
}

// A client that nobody accepts hangs until its own patience ends. The spare descriptor is enough to
// accept, answer and close them one after the other.
void listener::turn_away_waiting() {
    auto& own = *workers_.front();
    spare_ = {};
    for (int told = 0; told < turned_away_at_once; ++told) {
        error_code ec;
        tcp_socket socket(own.context());
        acceptor_.accept(socket, ec);
        if (ec) {
            break; // nobody waits any more, or somebody else took the descriptor
        }
        own.adopt(std::move(socket), {.how = admission::turned_away, .limit = {}, .place = {}});
    }
    spare_ = spare_descriptor();
}

} // namespace sluice::http
