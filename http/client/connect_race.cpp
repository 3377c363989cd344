#include "http/client/connect_race.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sluice::http {

namespace {

using namespace std::chrono_literals;

constexpr auto head_start = 250ms; // RFC 8305 §5 recommends this Connection Attempt Delay
constexpr std::size_t max_attempts = 16;

std::string text_of(const tcp::endpoint& one) {
    return one.address().to_string() + " port " + std::to_string(one.port());
}

} // namespace

std::shared_ptr<connect_race> connect_race::start(net::io_context& context,
                                                  std::vector<tcp::endpoint> to, int receive_buffer,
                                                  handler then) {
    auto race =
        std::make_shared<connect_race>(context, std::move(to), receive_buffer, std::move(then));
    race->begin_next();
    return race;
}

connect_race::connect_race(net::io_context& context, std::vector<tcp::endpoint> to,
                           int receive_buffer, handler then)
    : to_(std::move(to)), receive_buffer_(receive_buffer), then_(std::move(then)),
      head_start_(context) {
    to_.resize(std::min(to_.size(), max_attempts));
}

void connect_race::begin_next() {
    const auto to = to_[next_++];
    auto& socket = sockets_.emplace_back(head_start_.get_executor());
    ++pending_;
    if (receive_buffer_ != 0) { // before the handshake, which agrees on the scale of the window
        error_code ignored;     // async_connect reports a socket that cannot be opened
        socket.open(to.protocol(), ignored);
        socket.set_option(net::socket_base::receive_buffer_size(receive_buffer_), ignored);
    }
    socket.async_connect(to, [self = shared_from_this(), &socket, to](const error_code& ec) {
        self->end(socket, to, ec);
    });
    if (next_ == to_.size()) {
        return;
    }
    head_start_.expires_after(head_start);
    head_start_.async_wait([weak = weak_from_this()](const error_code& ec) {
        const auto self = weak.lock();
        if (!ec && self && self->then_ && self->next_ < self->to_.size()) {
            self->begin_next();
        }
    });
}

void connect_race::end(tcp::socket& socket, const tcp::endpoint& to, const error_code& ec) {
    --pending_;
    if (!then_) {
        return;
    }
    if (!ec) {
        auto winner = std::move(socket);
        error_code ignored;
        winner.set_option(tcp::no_delay(true), ignored);
        finish(std::move(winner));
        return;
    }
    fault_ = ec;
    failed_ = to;
    if (next_ < to_.size()) {
        begin_next();
    } else if (pending_ == 0) {
        finish(call_fault{call_fault::kind::connect,
                          "no connection to " + text_of(failed_) + ": " + fault_.message()});
    }
}

void connect_race::finish(call_result<tcp::socket> outcome) {
    const auto then = std::move(then_);
    cancel();
    then(std::move(outcome));
}

void connect_race::cancel() noexcept {
    then_ = nullptr;
    head_start_.cancel();
    for (auto& one : sockets_) {
        error_code ignored;
        one.close(ignored);
    }
}

std::string connect_race::progress() const {
    auto text = text_of(to_.front());
    if (fault_) {
        text += " (" + text_of(failed_) + ": " + fault_.message() + ")";
    }
    return text;
}

} // namespace sluice::http
