#include "http/connection/listen_socket.hpp"

#include "http/loop/asio.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <string_view>

namespace sluice::http {

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw boost::system::system_error(errno, boost::system::system_category(), what);
}

int option_of(int fd, int level, int name) noexcept {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

void set_option(int fd, int level, int name, int value, const std::string& what) {
    if (::setsockopt(fd, level, name, &value, sizeof value) != 0) {
        fail(what);
    }
}

core::unique_fd open_socket(int family, const std::string& what) {
    core::unique_fd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
        fail(what);
    }
    return fd;
}

sockaddr_un address_of(const std::string& path) noexcept {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path, static_cast<char*>(address.sun_path)); // fits: core::max_unix_path
    return address;
}

template <class Address>
int bind_to(int fd, const Address& address) noexcept {
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

// True when no process listens: connecting to the socket of a process that is gone is refused.
bool is_stale(const std::string& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) {
        return errno == ENOENT;
    }
    if (!S_ISSOCK(facts.st_mode)) {
        errno = EEXIST;
        return false;
    }
    const core::unique_fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto address = address_of(path);
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
        errno != ECONNREFUSED) {
        errno = EADDRINUSE;
        return false;
    }
    return true;
}

::mode_t mode_of(const std::string& octal) noexcept {
    unsigned mode = 0; // core::validate() has checked the syntax
    std::from_chars(octal.data(), octal.data() + octal.size(), mode, 8);
    return static_cast<::mode_t>(mode);
}

// The inode of the socket; 0 when there is no socket of that name.
std::uint64_t inode_of(const std::string& path) noexcept {
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0 && S_ISSOCK(facts.st_mode) ? facts.st_ino : 0;
}

std::string purpose_of(const core::host_port& at) {
    const bool is_v6 = at.address.find(':') != std::string::npos;
    return "cannot listen on " + (is_v6 ? "[" + at.address + "]" : at.address) + ":" +
           std::to_string(at.port);
}

listen_socket bind_tcp(const core::host_port& at, const core::listener_settings& with,
                       const std::string& what) {
    const auto address = net::ip::make_address(at.address);
    const bool is_v6 = address.is_v6();
    const int family = is_v6 ? AF_INET6 : AF_INET;
    listen_socket made{.fd = open_socket(family, what), .family = family};
    const int fd = made.fd.get();
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1, what);
    if (with.reuse_port) {
        set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1, what);
    }
    if (is_v6) {
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, with.dual_stack ? 0 : 1, what);
    }
    const tcp::endpoint endpoint(address, at.port);
    if (::bind(fd, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0) {
        fail(what);
    }
    return made;
}

} // namespace

listen_socket open_tcp(const core::host_port& at, const core::listener_settings& with) {
    const auto what = purpose_of(at);
    auto made = bind_tcp(at, with, what);
    if (::listen(made.fd.get(), static_cast<int>(with.backlog)) != 0) {
        fail(what);
    }
    return made;
}

void try_tcp(const core::host_port& at, const core::listener_settings& with) {
    (void)bind_tcp(at, with, purpose_of(at));
}

void try_unix(const std::string& path) {
    const auto slash = path.rfind('/');
    const auto directory = path.substr(0, slash == std::string::npos ? 0 : slash + 1);
    if (!is_stale(path) ||
        ::access(directory.empty() ? "." : directory.c_str(), W_OK | X_OK) != 0) {
        fail("cannot listen on unix:" + path);
    }
}

listen_socket open_unix(const std::string& path, const core::listener_settings& with) {
    const std::string what = "cannot listen on unix:" + path;
    if (!is_stale(path)) {
        fail(what);
    }
    // Created under another name in the same directory and then renamed: no client can connect
    // before the permissions are set, and a stale socket is replaced in the same step.
    const auto slash = path.rfind('/');
    const auto draft = path.substr(0, slash + 1) + "." + std::to_string(::getpid());
    if (draft.size() > sizeof(sockaddr_un::sun_path) - 1) {
        errno = ENAMETOOLONG;
        fail(what);
    }
    listen_socket made{.fd = open_socket(AF_UNIX, what), .family = AF_UNIX, .path = path};
    const auto address = address_of(draft);
    ::unlink(draft.c_str()); // left by a process with the same id that died between bind and rename
    if (bind_to(made.fd.get(), address) != 0) {
        fail(what);
    }
    if (::chmod(draft.c_str(), mode_of(with.mode)) != 0 ||
        ::listen(made.fd.get(), static_cast<int>(with.backlog)) != 0 ||
        ::rename(draft.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(draft.c_str());
        errno = error;
        fail(what);
    }
    made.inode = inode_of(path);
    return made;
}

listen_socket take_over(core::unique_fd fd) {
    const int number = fd.get();
    const int family = option_of(number, SOL_SOCKET, SO_DOMAIN);
    if (option_of(number, SOL_SOCKET, SO_ACCEPTCONN) != 1 ||
        option_of(number, SOL_SOCKET, SO_TYPE) != SOCK_STREAM ||
        (family != AF_INET && family != AF_INET6 && family != AF_UNIX)) {
        throw std::runtime_error("descriptor " + std::to_string(number) +
                                 " is not a stream socket that listens");
    }
    ::fcntl(number, F_SETFD, FD_CLOEXEC);
    ::fcntl(number, F_SETFL, ::fcntl(number, F_GETFL) | O_NONBLOCK);
    return {.fd = std::move(fd), .family = family};
}

std::string name_of(const listen_socket& socket) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(socket.fd.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
        return "an unknown address";
    }
    if (socket.family == AF_UNIX) {
        const auto* const path = reinterpret_cast<const sockaddr_un*>(&bound)->sun_path;
        return "unix:" + (socket.path.empty() ? std::string(path) : socket.path);
    }
    tcp::endpoint endpoint;
    std::copy_n(reinterpret_cast<const unsigned char*>(&bound), size,
                static_cast<unsigned char*>(static_cast<void*>(endpoint.data())));
    endpoint.resize(size);
    const auto address = endpoint.address().to_string();
    return (socket.family == AF_INET6 ? "[" + address + "]" : address) + ":" +
           std::to_string(endpoint.port());
}

void remove_path(const listen_socket& socket) noexcept {
    if (!socket.path.empty() && inode_of(socket.path) == socket.inode) {
        ::unlink(socket.path.c_str());
    }
}

} // namespace sluice::http
