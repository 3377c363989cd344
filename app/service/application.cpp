#include "app/service/application.hpp"

#include "app/log/joined.hpp"
#include "app/process/signals.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace sluice::app {

namespace {

// The part of `whole` that `part` is of `all`; one at least.
unsigned share_of(unsigned whole, unsigned part, unsigned all) noexcept {
    const auto share = std::uint64_t{whole} * std::min(part, all) / std::max(all, 1U);
    return std::max(static_cast<unsigned>(share), 1U);
}

http::connection_gate::settings gate_of(const core::config& settings,
                                        const descriptor_budget& share) {
    const auto& limits = settings.limits;
    const auto paused = std::min(limits.paused_connections, std::max(share.connections / 2, 1U));
    return {.connections = share.connections,
            .refusals = share.refusals,
            .per_peer = limits.connections_per_peer,
            .paused = paused,
            .paused_per_peer = share_of(paused, limits.connections_per_peer, share.connections),
            .uncounted = core::address_blocks_of(settings.limits.uncounted_peers)};
}

unsigned threads_of(const core::config& settings) {
    return settings.threads != 0 ? settings.threads
                                 : std::max(1U, std::thread::hardware_concurrency());
}

// Of the control socket, which has one user at a time, and a hundred when a script went wrong.
http::connection_gate::settings control_limits() {
    return {.connections = 128,
            .refusals = 16,
            .per_peer = 128,
            .paused = 0,
            .paused_per_peer = 0,
            .uncounted = {}};
}

// The short form of a listener with default settings.
core::listener_settings plain(const std::string& address) {
    core::listener_settings one;
    one.address = address;
    return one;
}

std::uint64_t sum_of(http::counter http::counters::*which,
                     std::span<const http::counters* const> all) noexcept {
    std::uint64_t sum = 0;
    for (const auto* one : all) {
        sum += (one->*which).value();
    }
    return sum;
}

} // namespace

application::application(const core::config& settings, core::loaded_keys keys,
                         passed_sockets& passed, service_log& log)
    : log_(log), devices_({.threads = settings.storage.threads,
                           .memory = settings.storage.memory,
                           .open_timeout = settings.storage.open_timeout},
                          [this](const auto& which) { report_device(which); }),
      trainers_(settings.metrics.by_trainer == 0
                    ? nullptr
                    : std::make_unique<http::trainer_counts>(settings.metrics.by_trainer)),
      certificates_(settings),
      store_(settings.store.url.empty() ? nullptr
                                        : std::make_unique<store_service>(settings, clock_, log_)),
      jwks_(settings.issuer.jwt_jwks_url.empty() ? nullptr
                                                 : std::make_unique<jwks_source>(settings, log_)),
      audit_log_(open_audit(settings)),
      current_(std::make_shared<const generation>(
          settings, std::move(keys), std::make_shared<const media_set>(settings, log_), around())) {
    certificates_.warn(clock_.wall_seconds(), log_);
    if (settings.log.access != "off") {
        counters_.push_back(&log_count_);
        access_log_.emplace(settings.log.access, log_count_,
                            [this](int error) { report_log("access_log", error); });
    }
    const auto simple = plain(settings.listen);
    add_front(&generation::main,
              settings.listeners.empty() ? std::span(&simple, 1) : std::span(settings.listeners),
              threads_of(settings), passed, access_log_ ? &*access_log_ : nullptr);
    if (!settings.metrics.listen.empty()) {
        const auto metrics = plain(settings.metrics.listen);
        add_front(&generation::metrics, std::span(&metrics, 1), 1U, passed, nullptr);
    }
    open_control(passed);
    if (const auto left = passed.left(); !left.empty()) {
        throw std::runtime_error("the service manager passed sockets that no listener uses: " +
                                 joined(left) + " (listen on systemd:NAME)");
    }
}

generation::surroundings application::around() noexcept {
    return {clock_,        is_leaving_, is_draining_,     counters_, process_,
            certificates_, users_,      bad_credentials_, devices_,  store_.get(),
            jwks_.get(),   log_,        audit_log_.get(), board_,    trainers_.get()};
}

application::~application() {
    stop();
}

void application::add_front(front::site_member site,
                            std::span<const core::listener_settings> listeners, unsigned threads,
                            passed_sockets& passed, http::log_sink* sink) {
    auto& one = *fronts_.emplace_back(
        std::make_unique<front>(site, gate_of(current_->settings(), share_descriptors())));
    one.add_workers(threads, current_, sink);
    for (const auto& worker : one.workers()) {
        counters_.push_back(&worker->count());
    }
    for (const auto& each : listeners) {
        one.add_listener(each, passed, certificates_.starter_of(each),
                         [this](http::error_code why) { report_accept_failure(why); });
    }
}

void application::open_control(passed_sockets& passed) {
    const auto& path = current_->settings().control.socket;
    for (const auto& one : fronts_) {
        for (const auto& worker : one->workers()) {
            board_.serving.push_back(worker.get());
        }
    }
    if (path.empty()) {
        return;
    }
    auto wanted = plain("unix:" + path);
    wanted.mode = "0600";
    control_ = std::make_unique<front>(&generation::control, control_limits());
    control_->add_workers(1, current_, nullptr);
    board_.own = control_->workers().front().get();
    control_->add_listener(wanted, passed, &control_entrance_,
                           [this](http::error_code why) { report_accept_failure(why); });
}

void application::start() {
    if (jwks_) {
        jwks_->start();
    }
    if (store_) {
        store_->start([this](const auto& table) {
            for (auto& one : fronts_) {
                for (const auto& worker : one->workers()) {
                    worker->revoke(table);
                }
            }
        });
    }
    if (control_) {
        control_->start(threads_);
    }
    for (auto& one : fronts_) {
        one->start(threads_);
        for (const auto& address : one->addresses()) {
            if (!log_.is_for_a_person()) { // start_summary() has the addresses
                log_.info("listening", {{"address", address},
                                        {"threads", std::to_string(one->workers().size())}});
            }
        }
    }
}

application::listening application::addresses() const {
    return {fronts_.front()->addresses(),
            fronts_.size() > 1 ? fronts_.back()->addresses() : std::vector<std::string>{}};
}

void application::renew(core::config settings, core::loaded_keys keys) {
    auto media = current_->media()->fits(settings)
                     ? current_->media()
                     : make_media_set(settings, log_, settings.storage.open_timeout,
                                      process_signals::is_stop_pending);
    auto next = std::make_shared<const generation>(std::move(settings), std::move(keys),
                                                   std::move(media), around());
    retired_.push_back(std::exchange(current_, std::move(next)));
    const auto share = share_descriptors();
    for (auto& one : fronts_) {
        one->renew(current_, gate_of(current_->settings(), share));
    }
    if (control_) {
        control_->renew(current_, control_limits());
    }
    log_.set_level(current_->settings().log.level);
}

jwks_text application::latest_jwks() const {
    return jwks_ ? jwks_->current() : nullptr;
}

void application::use(certificates::staged next) {
    if (!next.empty()) {
        certificates_.use(std::move(next));
        certificates_.warn(clock_.wall_seconds(), log_);
    }
}

bool application::reap() {
    const auto kept = std::stable_partition(retired_.begin(), retired_.end(),
                                            [](const auto& one) { return one.use_count() > 1; });
    if (kept != retired_.end()) {
        decltype(retired_) gone(std::make_move_iterator(kept),
                                std::make_move_iterator(retired_.end()));
        retired_.erase(kept, retired_.end());
        try { // its catalogue may wait for a disk that hangs: do not wait here
            std::thread([all = std::move(gone)] {}).detach();
        } catch (const std::system_error&) { // no thread: destroy it here
        }
    }
    return !retired_.empty();
}

void application::begin_leaving() noexcept {
    is_leaving_.store(true, std::memory_order_relaxed);
}

void application::begin_drain() {
    begin_leaving();
    is_draining_.store(true, std::memory_order_relaxed);
    for (auto& one : fronts_) {
        one->stop_listening();
    }
}

std::uint64_t application::owing() const noexcept {
    std::uint64_t count = 0;
    for (const auto& one : fronts_) {
        for (const auto& worker : one->workers()) {
            count += worker->owing();
        }
    }
    return count;
}

std::vector<std::uint64_t> application::rounds() const {
    std::vector<std::uint64_t> all;
    for (const auto& one : fronts_) {
        for (const auto& worker : one->workers()) {
            all.push_back(worker->rounds());
        }
    }
    return all;
}

bool application::have_gone_round(const std::vector<std::uint64_t>& before) const {
    constexpr std::uint64_t enough = 2; // the first may have begun before the call
    return std::ranges::equal(rounds(), before,
                              [](auto now, auto then) { return now >= then + enough; });
}

bool application::is_alive() {
    auto now = rounds();
    rounds_.resize(now.size());
    const bool all_moved = std::ranges::equal(now, rounds_, std::ranges::not_equal_to{});
    rounds_ = std::move(now);
    return all_moved;
}

bool application::is_empty() const {
    return std::ranges::none_of(fronts_, [](const auto& one) {
        // In this order, because a connection may arrive between the two calls.
        return one->is_listening() || one->connections() > 0;
    });
}

std::uint64_t application::bytes_sent() const noexcept {
    return sum_of(&http::counters::bytes_sent, counters_);
}

bool application::has_newcomers() const noexcept {
    return sum_of(&http::counters::connections_new, counters_) > 0;
}

std::uint64_t application::accepted() const noexcept {
    return sum_of(&http::counters::connections_accepted, counters_);
}

std::uint64_t application::active_requests() const noexcept {
    return sum_of(&http::counters::requests_active, counters_);
}

void application::stop() {
    if (jwks_) {
        jwks_->stop();
    }
    if (store_) {
        store_->stop();
    }
    for (auto& one : fronts_) {
        one->stop();
    }
    if (control_) {
        control_->stop();
    }
    for (auto& thread : threads_) {
        thread.join();
    }
    threads_.clear();
    board_.last.reset(); // its requests hold a generation, which goes before the board
}

void application::reopen_logs() {
    if (access_log_) {
        access_log_->reopen();
    }
    if (audit_log_) {
        audit_log_->reopen();
    }
}

// Divides the available descriptors between connections, rejected connections and cached files.
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

void application::report_device(const http::storage_device& which) {
    const auto& where = which.where();
    if (which.is_away()) {
        log_.error("storage_away",
                   {{"device", where.device},
                    {"mount", where.point},
                    {"type", where.type},
                    {"effect", "its files are answered 503 at once until it answers again"}});
    } else {
        log_.info("storage_back", {{"device", where.device}, {"mount", where.point}});
    }
}

void application::report_log(std::string_view which, int error) {
    const std::string name(which);
    if (error != 0) {
        log_.error(name + "_failed", {{"cause", std::generic_category().message(error)},
                                      {"effect", "lines are dropped and counted"}});
    } else {
        log_.info(name + "_recovered");
    }
}

std::unique_ptr<line_writer> application::open_audit(const core::config& settings) {
    if (settings.log.audit == "off") {
        return nullptr;
    }
    counters_.push_back(&audit_count_);
    return std::make_unique<line_writer>(settings.log.audit, audit_count_,
                                         [this](int error) { report_log("audit_log", error); });
}

void application::report_accept_failure(http::error_code why) {
    if (why) {
        log_.error("accept_failing", {{"cause", why.message()}});
    } else {
        log_.info("accept_recovered");
    }
}

} // namespace sluice::app
