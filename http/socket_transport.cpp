#include "http/socket_transport.hpp"

#include <boost/asio/error.hpp>

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>

namespace sluice::http {

namespace {

// The count of a system call, or its errno as an error.
std::size_t outcome(ssize_t count, error_code& ec) noexcept {
    if (count >= 0) {
        ec = {};
        return static_cast<std::size_t>(count);
    }
    ec = error_code(errno == EAGAIN ? EWOULDBLOCK : errno, boost::system::system_category());
    return 0;
}

template <class Call>
ssize_t uninterrupted(Call call) noexcept {
    ssize_t count = 0;
    do {
        count = call();
    } while (count < 0 && errno == EINTR);
    return count;
}

} // namespace

std::size_t socket_transport::read_some(std::span<char> into, error_code& ec) noexcept {
    const int fd = socket_.native_handle();
    const auto got = outcome(
        uninterrupted([&] { return ::recv(fd, into.data(), into.size(), MSG_DONTWAIT); }), ec);
    if (got == 0 && !ec) {
        ec = net::error::eof;
    }
    return got;
}

std::size_t socket_transport::write_some(std::string_view text, bool more,
                                         error_code& ec) noexcept {
    const int fd = socket_.native_handle();
    const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    return outcome(uninterrupted([&] { return ::send(fd, text.data(), text.size(), flags); }), ec);
}

std::size_t socket_transport::send_file(int file, std::uint64_t offset, std::uint64_t length,
                                        error_code& ec) noexcept {
    const int fd = socket_.native_handle();
    auto position = static_cast<off_t>(offset);
    return outcome(uninterrupted([&] { return ::sendfile(fd, file, &position, length); }), ec);
}

void socket_transport::cancel_wait() noexcept {
    error_code ignored; // fails for a closed socket, whose wait has ended
    socket_.cancel(ignored);
}

peer_state socket_transport::peek() noexcept {
    char first = 0;
    const int fd = socket_.native_handle();
    const auto got = uninterrupted([&] { return ::recv(fd, &first, 1, MSG_PEEK | MSG_DONTWAIT); });
    if (got > 0) {
        return peer_state::sending;
    }
    return got < 0 && errno == EAGAIN ? peer_state::silent : peer_state::gone;
}

void socket_transport::shutdown_send() noexcept {
    error_code ignored; // the peer may be gone already
    socket_.shutdown(stream_socket::shutdown_send, ignored);
}

void socket_transport::abort() noexcept {
    error_code ignored;
    socket_.set_option(net::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

void socket_transport::close() noexcept {
    error_code ignored;
    socket_.close(ignored);
}

} // namespace sluice::http
