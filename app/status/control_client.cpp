#include "app/status/control_client.hpp"

#include "core/address/listen_address.hpp"
#include "core/base/unique_fd.hpp"
#include "core/files/file_owner.hpp"
#include "core/text/decimal.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <utility>

namespace sluice::app {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds patience{8}; // for all of an answer
constexpr timeval patience_of_call{5, 0};   // for one call
constexpr std::size_t most_bytes = std::size_t{16} << 20U;
constexpr std::string_view request = "GET /status HTTP/1.1\r\n"
                                     "Host: localhost\r\n"
                                     "Connection: close\r\n\r\n";
constexpr const char* too_late =
    "the service does not answer: it is overloaded or stuck; see its log";

std::string cause_of(int error) {
    return std::generic_category().message(error);
}

std::string who_may() {
    const auto service = core::service_account();
    return "run this command as root" + (service ? " or as " + core::user_name(service->user)
                                                 : ", or as the user that the service runs as");
}

std::string fault_of_connect(const std::string& path, int error) {
    switch (error) {
    case ENOENT:
    case ECONNREFUSED:
        return "no service is running: nothing listens on " + path + " (control.socket)";
    case EACCES:
    case EPERM:
        return "permission denied for the user " + core::user_name(::geteuid()) + " on " + path +
               ": " + who_may();
    case EAGAIN:
        return too_late;
    default:
        return path + ": " + cause_of(error);
    }
}

/// Reads until the service closes the connection. Empty on success, otherwise the fault.
std::string read_all(int socket, std::string& out) {
    const auto end = steady_clock::now() + patience;
    std::array<char, 65536> part{};
    while (out.size() <= most_bytes) {
        const auto got = ::recv(socket, part.data(), part.size(), 0);
        if (got > 0) {
            out.append(part.data(), static_cast<std::size_t>(got));
        } else if (got == 0 || errno == ECONNRESET) { // a refusal resets it: the request is unread
            return {};
        } else if (errno != EINTR) {
            return errno == EAGAIN ? too_late : cause_of(errno);
        }
        if (steady_clock::now() >= end) {
            return too_late;
        }
    }
    return "the answer is too long: something else listens there";
}

} // namespace

control_answer read_control_answer(const std::string& text) {
    constexpr std::string_view start = "HTTP/1.1 ";
    constexpr std::string_view length_field = "\r\ncontent-length: ";
    const std::string_view all(text);
    const auto blank = all.find("\r\n\r\n");
    if (!all.starts_with(start) || blank == std::string_view::npos) {
        return {{}, "the answer is not that of a service: something else listens there"};
    }
    const auto status = all.substr(start.size(), 3);
    if (status == "403") {
        return {{},
                "permission denied for the user " + core::user_name(::geteuid()) + ": " +
                    who_may()};
    }
    if (status != "200") {
        return {{},
                "the service answered " + std::string(status) +
                    (status == "503" ? ": too many ask at once, or it is overloaded" : "")};
    }
    std::string head(all.substr(0, blank + 2));
    std::ranges::transform(head, head.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const auto body = all.substr(blank + 4);
    const auto field = head.find(length_field);
    const auto digits = field == std::string::npos
                            ? std::string_view{}
                            : std::string_view(head).substr(field + length_field.size());
    const auto length = core::parse_decimal<std::uint64_t>(digits.substr(0, digits.find('\r')));
    if (!length || *length != body.size()) {
        return {{}, "the answer ended early: the service stops, or is overloaded"};
    }
    return {std::string(body), {}};
}

control_answer ask_control(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() > core::max_unix_path) {
        return {{}, path + ": " + cause_of(ENAMETOOLONG)};
    }
    std::ranges::copy(path, static_cast<char*>(address.sun_path));
    const core::unique_fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) {
        return {{}, cause_of(errno)};
    }
    for (const int which : {SO_RCVTIMEO, SO_SNDTIMEO}) { // SO_SNDTIMEO is for connect(), too
        ::setsockopt(socket.get(), SOL_SOCKET, which, &patience_of_call, sizeof patience_of_call);
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the interface of the kernel
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return {{}, fault_of_connect(path, errno)};
    }
    // Fits into the empty buffer. It fails when the service has closed already: see read_all().
    static_cast<void>(::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL));
    std::string text;
    if (auto fault = read_all(socket.get(), text); !fault.empty()) {
        return {{}, std::move(fault)};
    }
    return read_control_answer(text);
}

} // namespace sluice::app
