#include "http/client/channel.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace sluice::http {

namespace {

class plain_channel final : public channel {
  public:
    explicit plain_channel(tcp::socket socket) : socket_(std::move(socket)) {}

    void greet(const std::string& /*host*/, greet_handler then) override {
        net::post(socket_.get_executor(), [then = std::move(then)] { then({}); });
    }

    void read_some(net::mutable_buffer into, read_handler then) override {
        socket_.async_read_some(net::buffer(into), std::move(then));
    }

    void write(net::const_buffer what, done_handler then) override {
        net::async_write(socket_, net::buffer(what),
                         [then = std::move(then)](const error_code& ec, std::size_t) { then(ec); });
    }

    void acknowledge() noexcept override { http::acknowledge(socket_.native_handle()); }

    void close() noexcept override {
        error_code ignored;
        socket_.close(ignored);
    }

    bool is_silent() noexcept override { return http::is_silent(socket_.native_handle()); }
    [[nodiscard]] bool can_read_in_place() const noexcept override { return true; }

  private:
    tcp::socket socket_;
};

} // namespace

channel::~channel() {
    if (counted_in_) {
        counted_in_->open.fetch_sub(1);
    }
}

void channel::count_in(std::shared_ptr<client_counts> where) noexcept {
    counted_in_ = std::move(where);
    counted_in_->opened.fetch_add(1);
    counted_in_->open.fetch_add(1);
}

std::unique_ptr<channel> plain_channels::make(tcp::socket socket) const {
    return std::make_unique<plain_channel>(std::move(socket));
}

void acknowledge(int descriptor) noexcept {
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

bool is_silent(int descriptor) noexcept {
    char byte = 0;
    return ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           (errno == EAGAIN || errno == EWOULDBLOCK);
}

} // namespace sluice::http
