#include "core/address/host_port.hpp"

#include "core/text/port.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <system_error>

namespace sluice::core {

namespace {

bool is_address(int family, const std::string& text) {
    in6_addr unused{}; // the larger of the two kinds
    return ::inet_pton(family, text.c_str(), &unused) == 1;
}

} // namespace

std::optional<host_port> parse_host_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    const auto port = parse_port(text.substr(colon + 1));
    std::string host(text.substr(0, colon));
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    } else if (host == "localhost") {
        host = "127.0.0.1";
    }
    if (!port || !is_address(bracketed ? AF_INET6 : AF_INET, host)) {
        return std::nullopt;
    }
    return host_port{std::move(host), *port};
}

} // namespace sluice::core
