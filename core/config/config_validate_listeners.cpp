#include "core/config/config_validate_listeners.hpp"

#include "core/address/ip_address.hpp"
#include "core/address/listen_address.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

namespace {

using problems = std::vector<operator_problem>;

constexpr std::string_view address_rule =
    "must be an address and a port, such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080, "
    "unix:/path, or systemd:name";
constexpr std::string_view network_rule =
    "must be an address or a CIDR block such as 10.0.0.0/8 or fd00::/8, without bits behind the "
    "prefix";

constexpr std::string_view beside_local =
    "where issuer.mode has local (serve --dev): behind a proxy every client would look like this "
    "machine";

/// Reports invalid addresses, and addresses that two listeners cannot share.
class address_book {
  public:
    explicit address_book(problems& out) : out_(out) {}

    void add(const std::string& where, const std::string& text) {
        const auto address = parse_listen_address(text);
        if (!address) {
            out_.push_back({where, std::string(address_rule)});
            return;
        }
        const auto* const tcp = std::get_if<host_port>(&*address);
        const bool is_any_port = tcp != nullptr && tcp->port == 0;
        if (std::ranges::count(taken_, *address) > 0 && !is_any_port) {
            out_.push_back({where, "must differ from the address of another listener"});
        }
        taken_.push_back(*address);
    }

  private:
    problems& out_;
    std::vector<listen_address> taken_;
};

void check_networks(const std::string& where, const std::vector<std::string>& texts,
                    bool allows_unix, problems& out) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (!parse_address_block(texts[i]) && !(allows_unix && texts[i] == "unix")) {
            out.push_back({where, "entry " + std::to_string(i + 1) + " " +
                                      std::string(network_rule) +
                                      (allows_unix ? ", or unix" : "")});
        }
    }
}

bool is_mode(std::string_view text) {
    return (text.size() == 3 || (text.size() == 4 && text[0] == '0')) &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '7'; });
}

void check_listener(const std::string& place, const listener_settings& one, problems& out) {
    if (one.proxy == proxy_protocol::off && !one.proxy_from.empty()) {
        out.push_back({place + ".proxy_from", "needs proxy_protocol"});
    }
    check_networks(place + ".proxy_from", one.proxy_from, false, out);
    if (!is_mode(one.mode)) {
        out.push_back({place + ".mode", "must be three octal digits, such as 0660"});
    }
    if (one.certificate.empty() != one.key.empty()) {
        out.push_back({place + (one.key.empty() ? ".key" : ".certificate"),
                       "is needed: certificate and key go together"});
    }
    if (one.hsts_max_age > 0 && one.certificate.empty()) {
        out.push_back({place + ".hsts_max_age", "needs certificate and key: browsers ignore the "
                                                "field without TLS (RFC 6797 §8.1)"});
    }
}

/// Reports an address that other machines can connect to, or whose peers cannot be determined.
void check_loopback(const std::string& where, const std::string& text, problems& out) {
    const auto address = parse_listen_address(text);
    if (!address) {
        return; // reported by address_book
    }
    const auto* const tcp = std::get_if<host_port>(&*address);
    const auto ip = tcp != nullptr ? parse_ip_address(tcp->address) : std::nullopt;
    if (!ip || !is_loopback(*ip)) {
        out.push_back({where, "must be a loopback address and a port, such as 127.0.0.1:8080, " +
                                  std::string(beside_local)});
    }
}

void check_control(const std::string& path, address_book& book, problems& out) {
    const std::string address = "unix:" + path;
    if (parse_listen_address(address)) {
        book.add("control.socket", address);
    } else {
        out.push_back({"control.socket", "must be an absolute path of at most " +
                                             std::to_string(max_unix_path) + " bytes"});
    }
}

} // namespace

void check_local_only(const config& settings, problems& out) {
    if (!settings.trusted_proxies.empty()) {
        out.push_back({"trusted_proxies", "must be empty " + std::string(beside_local)});
    }
    if (settings.listeners.empty()) {
        check_loopback("listen", settings.listen, out);
    }
    for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
        const auto& one = settings.listeners[i];
        const auto place = "listeners[" + std::to_string(i) + "]";
        check_loopback(place + ".address", one.address, out);
        if (one.proxy != proxy_protocol::off) {
            out.push_back({place + ".proxy_protocol", "must be off " + std::string(beside_local)});
        }
    }
    if (!settings.metrics.listen.empty()) {
        check_loopback("metrics.listen", settings.metrics.listen, out);
    }
}

void check_listeners(const config& settings, problems& out) {
    address_book book(out);
    if (settings.listeners.empty()) {
        book.add("listen", settings.listen);
    }
    for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
        const auto place = "listeners[" + std::to_string(i) + "]";
        book.add(place + ".address", settings.listeners[i].address);
        check_listener(place, settings.listeners[i], out);
    }
    if (!settings.metrics.listen.empty()) {
        book.add("metrics.listen", settings.metrics.listen);
    }
    if (!settings.control.socket.empty()) {
        check_control(settings.control.socket, book, out);
    }
    check_networks("trusted_proxies", settings.trusted_proxies, true, out);
}

} // namespace sluice::core
