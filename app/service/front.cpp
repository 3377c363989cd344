#include "app/service/front.hpp"

#include "core/address/ip_address.hpp"
#include "core/address/listen_address.hpp"
#include "http/objects/object_desk.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace sluice::app {

namespace {

// One socket for an address or a path; for a name, all that the service manager passed under it.
std::vector<http::listen_socket> sockets_of(const core::listener_settings& wanted,
                                            passed_sockets& passed) {
    const auto address = core::parse_listen_address(wanted.address);
    if (!address) { // core::validate() has rejected invalid addresses
        throw std::invalid_argument("not an address to listen on: " + wanted.address);
    }
    std::vector<http::listen_socket> sockets;
    if (const auto* const tcp = std::get_if<core::host_port>(&*address)) {
        sockets.push_back(http::open_tcp(*tcp, wanted));
    } else if (const auto* const local = std::get_if<core::unix_path>(&*address)) {
        sockets.push_back(http::open_unix(local->path, wanted));
    } else {
        for (auto& fd : passed.take(std::get<core::passed_socket>(*address).name)) {
            sockets.push_back(http::take_over(std::move(fd)));
        }
    }
    if (sockets.empty()) {
        throw std::runtime_error("cannot listen on " + wanted.address +
                                 ": the service manager passed no socket of that name");
    }
    return sockets;
}

} // namespace

front::front(site_member which, http::connection_gate::settings limits)
    : site_(which), gate_(std::move(limits)) {}

void front::add_workers(unsigned count, const std::shared_ptr<const generation>& by,
                        http::log_sink* sink) {
    const std::shared_ptr<const http::site> site(by, &(*by.*site_)()); // owns the generation
    for (unsigned i = 0; i < count; ++i) {
        auto& one = *workers_.emplace_back(std::make_unique<http::worker>(site, sink));
        one.give(std::make_shared<http::object_desk>(one.context()));
    }
}

void front::add_listener(const core::listener_settings& wanted, passed_sockets& passed,
                         const http::session_starter* tls,
                         const std::function<void(http::error_code)>& on_failure) {
    const http::session_starter* starter = tls != nullptr ? tls : &bare_;
    const bool is_proxied = wanted.proxy != core::proxy_protocol::off;
    if (is_proxied) {
        starter = proxied_
                      .emplace_back(std::make_unique<const http::proxied_sessions>(
                          http::proxy_rules{.gate = gate_,
                                            .allowed = wanted.proxy,
                                            .from = core::address_blocks_of(wanted.proxy_from),
                                            .next = *starter}))
                      .get();
    }
    const auto& by = *entrances_.emplace_back(std::make_unique<const http::entrance>(
        http::entrance{.gate = gate_, .starter = *starter, .is_proxied = is_proxied}));
    for (auto& socket : sockets_of(wanted, passed)) {
        std::vector<http::worker*> all;
        for (const auto& worker : workers_) {
            all.push_back(worker.get());
        }
        listeners_.push_back(
            std::make_unique<http::listener>(std::move(socket), by, std::move(all), on_failure));
    }
}

void front::start(std::vector<std::thread>& threads) {
    for (auto& worker : workers_) {
        threads.emplace_back([&worker] { worker->run(); });
    }
    for (auto& listener : listeners_) {
        listener->start();
    }
}

void front::renew(const std::shared_ptr<const generation>& next,
                  http::connection_gate::settings limits) {
    for (auto& worker : workers_) {
        worker->renew({next, &(*next.*site_)()});
    }
    gate_.renew(std::move(limits));
}

void front::stop_listening() {
    for (auto& listener : listeners_) {
        listener->stop();
    }
}

bool front::is_listening() const noexcept {
    return std::ranges::any_of(listeners_, [](const auto& one) { return one->is_open(); });
}

void front::stop() {
    for (auto& worker : workers_) {
        worker->stop();
    }
}

std::vector<std::string> front::addresses() const {
    std::vector<std::string> names;
    for (const auto& listener : listeners_) {
        names.push_back(listener->name());
    }
    return names;
}

} // namespace sluice::app
