#include "http/loop/socket_transport.hpp"

#include "http/loop/socket_call.hpp"
#include "http/loop/uninterrupted.hpp"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace sluice::http {

namespace {

// Returns the count of a system call, or sets `ec` from errno.
std::size_t outcome(ssize_t count, error_code& ec) noexcept {
    if (count >= 0) {
        ec = {};
        return static_cast<std::size_t>(count);
    }
    ec = error_code(errno == EAGAIN ? EWOULDBLOCK : errno, boost::system::system_category());
    return 0;
}

// True when the file system does not support sendfile for this file.
bool is_refusal(int error) noexcept {
    return error == EINVAL || error == EOPNOTSUPP || error == ENOSYS;
}

// Sends as sendfile does, through a buffer.
ssize_t copy_file(int socket, int file, off_t offset, std::uint64_t length) noexcept {
    std::array<char, 65536> bytes; // NOLINT(cppcoreguidelines-pro-type-member-init)
    const auto most = std::min<std::uint64_t>(length, bytes.size());
    const auto got = uninterrupted([&] { return ::pread(file, bytes.data(), most, offset); });
    return got <= 0 ? got : send_now(socket, {bytes.data(), static_cast<std::size_t>(got)});
}

} // namespace

std::size_t socket_transport::read_some(std::span<char> into, error_code& ec) noexcept {
    if (!may_read()) {
        ec = net::error::would_block;
        return 0;
    }
    const auto got = outcome(receive_now(socket_.get(), into), ec);
    if (got < into.size()) { // later data raises a new event
        drained();
    }
    if (got == 0 && !ec) {
        ec = net::error::eof;
    }
    return got;
}

std::size_t socket_transport::write_some(std::string_view text, follow_up next,
                                         error_code& ec) noexcept {
    const int flags = next == follow_up::none ? 0 : MSG_MORE;
    return sent(outcome(send_now(socket_.get(), text, flags), ec), ec);
}

std::size_t socket_transport::send_file(int file, std::uint64_t offset, std::uint64_t length,
                                        error_code& ec) noexcept {
    auto position = static_cast<off_t>(offset);
    auto count = uninterrupted([&] { return ::sendfile(socket_.get(), file, &position, length); });
    if (count < 0 && is_refusal(errno)) {
        count = copy_file(socket_.get(), file, static_cast<off_t>(offset), length);
    }
    return sent(outcome(count, ec), ec);
}

std::size_t socket_transport::sent(std::size_t count, error_code ec) noexcept {
    if (ec && ec == net::error::would_block) {
        filled();
    }
    return count;
}

peer_state socket_transport::peek() noexcept {
    char first = 0;
    const auto got = receive_now(socket_.get(), {&first, 1}, MSG_PEEK);
    if (got > 0) {
        return peer_state::sending;
    }
    if (got == 0) {
        return peer_state::ended;
    }
    if (errno != EAGAIN) {
        return peer_state::gone;
    }
    drained();
    return peer_state::silent;
}

void socket_transport::shutdown_send() noexcept {
    is_shut_ = ::shutdown(socket_.get(), SHUT_WR) == 0; // may fail: the peer may be gone
}

void socket_transport::abort() noexcept {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void socket_transport::close() noexcept {
    leave();
    socket_ = {};
    end_wait(net::error::operation_aborted);
}

} // namespace sluice::http
