#include "http/connection/listener.hpp"

#include "http/loop/persist.hpp"

#include <boost/asio/post.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <optional>
#include <utility>

namespace sluice::http {

namespace {

constexpr std::chrono::milliseconds failure_pause{100};
// Connections accepted in one go, before open connections get their turn.
constexpr int accepted_per_turn = 64;

// Waiting connections rejected between two pauses; the rest is rejected after the next.
constexpr int turned_away_at_once = 64;

// The peer as the kernel reports it.
peer_info describe_peer(const sockaddr_storage& from) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&from);
    core::ip_address ip{};
    if (from.ss_family == AF_INET) {
        ip = core::from_ipv4(std::span<const std::uint8_t, 4>(
            bytes + offsetof(sockaddr_in, sin_addr), std::size_t{4}));
    } else if (from.ss_family == AF_INET6) {
        std::copy_n(bytes + offsetof(sockaddr_in6, sin6_addr), ip.size(), ip.begin());
    } else { // a unix socket: a proxy may connect to it for clients from anywhere
        return {.address = "unix", .is_unix = true};
    }
    return {.address = core::to_string(ip), .is_loopback = core::is_loopback(ip), .ip = ip};
}

// Errors of the incoming connection, not of the listener (accept(2)).
bool concerns_one_connection(int error) noexcept {
    return error == ECONNABORTED || error == EINTR || error == EPROTO || error == ENETDOWN ||
           error == EHOSTDOWN || error == EHOSTUNREACH || error == ENETUNREACH;
}

core::unique_fd spare_descriptor() noexcept {
    return core::unique_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool is_out_of_descriptors(error_code ec) noexcept {
    return ec == boost::system::errc::too_many_files_open ||
           ec == boost::system::errc::too_many_files_open_in_system;
}

// Accepts the next connection; invalid, with errno set, when there is none. One system call
// accepts, makes the socket non-blocking and returns the address of the peer.
core::unique_fd take(int listening, peer_info& peer) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    core::unique_fd socket(::accept4(listening, reinterpret_cast<sockaddr*>(&from), &size,
                                     SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket) {
        peer = describe_peer(from);
    }
    return socket;
}

} // namespace

listener::listener(listen_socket socket, const entrance& by, std::vector<worker*> workers,
                   std::function<void(error_code)> on_failure)
    : by_(by), workers_(std::move(workers)), on_failure_(std::move(on_failure)),
      socket_(std::move(socket)), name_(name_of(socket_)), acceptor_(workers_.front()->context()),
      pause_(workers_.front()->context()), spare_(spare_descriptor()) {
    acceptor_.assign(net::generic::stream_protocol(socket_.family, 0), socket_.fd.get());
    socket_.fd.release();
}

listener::~listener() {
    if (acceptor_.is_open()) {
        remove_path(socket_);
    }
}

void listener::start() {
    net::post(acceptor_.get_executor(), [this] { wait(); });
}

void listener::stop() {
    net::post(acceptor_.get_executor(), [this] {
        if (!acceptor_.is_open()) {
            return;
        }
        remove_path(socket_);
        accept_some(); // the kernel would reset connections that wait
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
        is_open_.store(false);
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

void listener::accept_some() {
    for (int taken = 0; taken < accepted_per_turn; ++taken) {
        const auto ec = accept_one();
        if (ec == net::error::would_block) {
            break;
        }
        if (ec) {
            back_off(ec);
            return;
        }
    }
    wait();
}

// Accepts one connection. Also returns success when that connection failed before it was accepted.
error_code listener::accept_one() {
    peer_info peer;
    auto socket = take(acceptor_.native_handle(), peer);
    if (!socket) {
        return concerns_one_connection(errno) ? error_code{}
                                              : error_code(errno == EAGAIN ? EWOULDBLOCK : errno,
                                                           boost::system::system_category());
    }
    try {
        report({});
        hand_over(std::move(socket), std::move(peer));
    } catch (const std::exception&) { // out of memory for the hand-over: the socket closes
        workers_.front()->count().faults.add();
    }
    return {};
}

void listener::hand_over(core::unique_fd socket, peer_info peer) {
    // Behind a balancer the client is known later (http/connection/proxy_prologue.hpp).
    const bool is_counted = !by_.is_proxied && !peer.is_unix;
    auto verdict = by_.gate.admit(is_counted ? std::optional(peer.ip) : std::nullopt);
    if (verdict.how != admission::served) {
        workers_.front()->count().add_limit(verdict.limit);
    }
    if (verdict.how == admission::dropped) {
        return; // the socket closes
    }
    auto& to = *workers_[next_];
    next_ = (next_ + 1) % workers_.size();
    net::post(to.context(), [&to, &by = by_.starter,
                             from = arrival{.socket = std::move(socket),
                                            .peer = std::move(peer),
                                            .verdict = std::move(verdict)}]() mutable {
        to.adopt(std::move(from), by);
    });
}

// Reports once when accepting begins to fail and once when it works again.
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

// A client that is never accepted waits until it times out. The spare descriptor is enough to
// accept, reject and close such connections one after the other. Under TLS they are closed without
// a response.
void listener::turn_away_waiting() {
    auto& own = *workers_.front();
    spare_ = {};
    for (int told = 0; told < turned_away_at_once; ++told) {
        peer_info peer;
        auto socket = take(acceptor_.native_handle(), peer);
        if (!socket) {
            break; // no connection waits, or another thread took the descriptor
        }
        own.begin({.socket = std::move(socket),
                   .peer = std::move(peer),
                   .verdict = {.how = admission::turned_away, .limit = {}, .place = {}}},
                  by_.starter);
    }
    spare_ = spare_descriptor();
}

} // namespace sluice::http
