#include "app/application.hpp"

#include "core/host_port.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace sluice::app {

namespace {

http::connection_gate::settings gate_of(const core::config& settings,
                                        const descriptor_budget& share) {
    http::connection_gate::settings gate{.connections = share.connections,
                                         .refusals = share.refusals,
                                         .per_peer = settings.limits.connections_per_peer,
                                         .uncounted = {}};
    for (const auto& text : settings.limits.uncounted_peers) {
        if (const auto block = core::parse_address_block(text)) { // core::validate() has seen to it
            gate.uncounted.push_back(*block);
        }
    }
    return gate;
}

unsigned threads_of(const core::config& settings) {
    return settings.threads != 0 ? settings.threads
                                 : std::max(1U, std::thread::hardware_concurrency());
}

http::tcp::endpoint endpoint_of(const std::string& listen) {
    const auto parsed = core::parse_host_port(listen);
    if (!parsed) { // core::validate() has seen to it
        throw std::invalid_argument("not an address to listen on: " + listen);
    }
    return {http::net::ip::make_address(parsed->address), parsed->port};
}

std::string text_of(const http::tcp::endpoint& endpoint) {
    std::ostringstream text;
    text << endpoint;
    return text.str();
}

} // namespace

application::application(const core::config& settings, core::loaded_keys keys, service_log& log)
    : log_(log), store_(settings.store.url.empty()
                            ? nullptr
                            : std::make_unique<store_service>(settings.store, clock_, log_)),
      current_(std::make_shared<const generation>(
          settings, std::move(keys), std::make_shared<const media_set>(settings, log_), around())) {
    if (settings.log.access != "off") {
        counters_.push_back(&log_count_);
        access_log_.emplace(settings.log.access, log_count_,
                            [this](int error) { report_access_log(error); });
    }
    add_front(&generation::main, settings.listen, threads_of(settings),
              access_log_ ? &*access_log_ : nullptr);
    if (!settings.metrics.listen.empty()) {
        add_front(&generation::metrics, settings.metrics.listen, 1U, nullptr);
    }
}

application::~application() {
    stop();
}

void application::add_front(const http::site& (generation::*site)() const noexcept,
                            const std::string& listen, unsigned threads, http::log_sink* sink) {
    auto& one = *fronts_.emplace_back(
        std::make_unique<front>(site, gate_of(current_->settings(), share_descriptors())));
    std::vector<http::worker*> all;
    for (unsigned i = 0; i < threads; ++i) {
        all.push_back(
            one.workers.emplace_back(std::make_unique<http::worker>(site_of(one), sink)).get());
        counters_.push_back(&all.back()->count());
    }
    one.listener.emplace(endpoint_of(listen), one.gate, all,
                         [this](http::error_code why) { report_accept_failure(why); });
}

generation::surroundings application::around() noexcept {
    return {clock_, is_draining_, counters_, process_, store_.get(), log_};
}

// Owns the generation, points to one of its sites.
std::shared_ptr<const http::site> application::site_of(const front& one) const {
    return {current_, &(*current_.*one.site)()};
}

void application::start() {
    if (store_) {
        store_->start([this](const auto& table) {
            for (auto& one : fronts_) {
                for (auto& worker : one->workers) {
                    worker->revoke(table);
                }
            }
        });
    }
    for (auto& one : fronts_) {
        for (auto& worker : one->workers) {
            threads_.emplace_back([&worker] { worker->run(); });
        }
        one->listener->start();
        log_.info("listening", {{"address", text_of(one->listener->endpoint())},
                                {"threads", std::to_string(one->workers.size())}});
    }
}

void application::renew(core::config settings, core::loaded_keys keys) {
    auto media = current_->media()->fits(settings)
                     ? current_->media()
                     : std::make_shared<const media_set>(settings, log_);
    auto next = std::make_shared<const generation>(std::move(settings), std::move(keys),
                                                   std::move(media), around());
    retired_.push_back(std::exchange(current_, std::move(next)));
    const auto share = share_descriptors();
    for (auto& one : fronts_) {
        for (auto& worker : one->workers) {
            worker->renew(site_of(*one));
        }
        one->gate.renew(gate_of(current_->settings(), share));
    }
    log_.set_level(current_->settings().log.level);
}

bool application::reap() {
    std::erase_if(retired_, [](const auto& one) { return one.use_count() == 1; });
    return !retired_.empty();
}

void application::begin_drain() {
    is_draining_.store(true, std::memory_order_relaxed);
    for (auto& one : fronts_) {
        one->listener->stop();
    }
}

std::uint64_t application::active_requests() const noexcept {
    std::uint64_t active = 0;
    for (const auto* one : counters_) {
        active += one->requests_active.value();
    }
    return active;
}

void application::stop() {
    if (store_) {
        store_->stop();
    }
    for (auto& one : fronts_) {
        for (auto& worker : one->workers) {
            worker->stop();
        }
    }
    for (auto& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

void application::reopen_logs() {
    if (access_log_) {
        access_log_->reopen();
    }
}

// What limits.connections comes to with the descriptors there are.
descriptor_budget application::share_descriptors() const {
    const auto& settings = current_->settings();
    const auto descriptors = raise_descriptor_limit();
    const auto wanted = settings.limits.connections;
    const auto share = app::share_descriptors(
        descriptors, wanted, std::uint64_t{threads_of(settings)} * settings.cache.files);
    if (share.connections < wanted) {
        log_.warning("descriptor_limit_low",
                     {{"descriptors", std::to_string(descriptors)},
                      {"limits.connections", std::to_string(wanted)},
                      {"effect", "only " + std::to_string(share.connections) +
                                     " connections at once: raise the limit (ulimit -n, "
                                     "LimitNOFILE) or lower limits.connections, cache.files"}});
    }
    return share;
}

void application::report_access_log(int error) {
    if (error != 0) {
        log_.error("access_log_failed", {{"cause", std::generic_category().message(error)},
                                         {"effect", "lines are dropped and counted"}});
    } else {
        log_.info("access_log_recovered");
    }
}

void application::report_accept_failure(http::error_code why) {
    if (why) {
        log_.error("accept_failing", {{"cause", why.message()}});
    } else {
        log_.info("accept_recovered");
    }
}

} // namespace sluice::app
