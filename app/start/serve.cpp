#include "app/start/serve.hpp"

#include "app/process/end_within.hpp"
#include "app/process/file_watch.hpp"
#include "app/process/signals.hpp"
#include "app/service/application.hpp"
#include "app/service/issuer_setup.hpp"
#include "app/service/reload.hpp"
#include "app/start/start_checks.hpp"
#include "app/start/start_summary.hpp"
#include "core/base/clock.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace sluice::app {

namespace {

using namespace std::chrono_literals;

constexpr auto poll_interval = 20ms;
constexpr auto reap_interval = 200ms;
constexpr auto look_interval = 1000ms; // between two checks of the files of keys and certificates
// A connection without activity for this long after the listeners have closed counts as idle. A
// request that had arrived but had not been read has this long to begin.
constexpr auto settle_time = 500ms;
// A connection that was accepted just before the end has this long for its first request. The
// client may not have been scheduled yet, and no response tells it to retry.
constexpr auto first_request_time = 2s;
// The time for the last log lines and for destructors. With it, the process ends within
// shutdown.drain_timeout and two seconds.
constexpr auto last_moments = 1500ms;

void warn(const core::config& settings, const core::loaded_keys& keys, service_log& log) {
    if (!keys.notice.empty()) {
        log.warning(keys.ephemeral ? "ephemeral_key" : "keys", {{"notice", keys.notice}});
    }
    report_issuer(settings, log);
}

start_facts facts_of(const application& running) {
    const auto& now = running.current();
    const auto held = now.media()->held();
    auto [main, metrics] = running.addresses();
    start_facts all{.addresses = std::move(main),
                    .metrics = std::move(metrics),
                    .keys = {},
                    .ephemeral = now.keys().ephemeral,
                    .courses = held.courses,
                    .trainers = held.trainers};
    for (const auto& key : now.keys().ring.keys()) {
        all.keys.push_back(key.kid());
    }
    return all;
}

// The files that are read again when they change.
struct watched_files {
    file_watch keys;
    file_watch certificates;

    void follow(const core::config& settings) {
        keys.follow(
            {settings.tokens.key_file, settings.issuer.keys_file, settings.issuer.jwt_key_file});
        certificates.follow(certificate_files(settings));
    }
};

// The loop of the main thread while the workers serve.
class watch {
  public:
    watch(application& running, const process_signals& signals, const service_manager& manager,
          service_log& log, watched_files files)
        : running_(running), signals_(signals), manager_(manager), log_(log),
          files_(std::move(files)) {}

    /// Returns when SIGTERM or SIGINT has arrived.
    void run(const reload_source& source) {
        while (true) {
            accepted_ = running_.accepted();
            running_.note_limits();
            const auto number = next_signal();
            if (number == SIGHUP) {
                manager_.reloading();
                // The state of the files is taken before they are read, so that a later change is
                // noticed.
                files_.keys.look_again();
                files_.certificates.look_again();
                reload(running_, source, log_);
                manager_.ready("serving");
            } else if (number == SIGUSR1) {
                running_.reopen_logs();
            } else if (number != 0) {
                return;
            }
            follow_files();
            follow_jwks();
        }
    }

    /// Drains the connections. Returns the exit status.
    int leave() {
        const auto& with = running_.current().settings().shutdown;
        manager_.stopping("draining");
        if (with.delay > 0s) {
            running_.begin_leaving();
            log_.info("leaving", {{"delay", std::to_string(with.delay.count())}});
            if (!stays_until(clock::now() + with.delay, [] { return false; })) {
                return cut_short();
            }
        }
        running_.begin_drain();
        log_.info("draining", {{"active", std::to_string(running_.active_requests())}});
        const auto closed = clock::now();
        auto quiet_since = closed;
        auto rounds = running_.rounds();
        auto sent = running_.bytes_sent();
        const auto is_done = [&] {
            if (const auto now_sent = running_.bytes_sent();
                running_.active_requests() > 0 || running_.owing() > 0 || now_sent != sent) {
                sent = now_sent;
                quiet_since = clock::now();
                rounds = running_.rounds();
            }
            const auto instant = clock::now();
            return running_.is_empty() ||
                   (instant - quiet_since >= settle_time && running_.have_gone_round(rounds) &&
                    (instant - closed >= first_request_time || running_.accepted() == accepted_ ||
                     !running_.has_newcomers()));
        };
        if (!stays_until(clock::now() + with.drain_timeout, is_done)) {
            return cut_short();
        }
        // The count is up to a tick old. Connections that have ended since then have no
        // unacknowledged bytes.
        const auto undelivered = running_.is_empty() ? 0 : running_.owing();
        log_.info("stopped", {{"cut", std::to_string(running_.active_requests())},
                              {"undelivered", std::to_string(undelivered)}});
        return 0;
    }

  private:
    using clock = std::chrono::steady_clock;

    int next_signal() {
        const auto limit = manager_.watchdog_limit();
        const bool has_retired = running_.reap();
        if (limit) {
            if (running_.is_alive()) { // no keep-alive while a worker is stuck
                manager_.alive();
            }
            const auto third = std::chrono::duration_cast<std::chrono::milliseconds>(*limit / 3);
            // At least two ticks of a worker.
            return signals_.wait_for(
                std::clamp(third, 200ms, std::chrono::milliseconds(look_interval)));
        }
        return signals_.wait_for(has_retired ? reap_interval : look_interval);
    }

    // Loads keys and certificates again when their files change. If a file cannot be used, the old
    // ones stay in force and the cause is logged.
    void follow_files() {
        const auto now = clock::now();
        if (now < next_look_) {
            return;
        }
        next_look_ = now + look_interval;
        try {
            files_.follow(running_.current().settings());
            if (files_.keys.has_changed()) {
                reload_keys(running_, log_);
            }
            if (files_.certificates.has_changed()) {
                reload_certificates(running_, log_);
            }
        } catch (const std::bad_alloc&) { // there may be memory at the next check
        }
    }

    // Puts a key set that was fetched meanwhile in force. One that cannot be, because another file
    // is faulty at the moment, is in force with the reload that follows the repair of that file.
    void follow_jwks() {
        const auto latest = running_.latest_jwks();
        if (latest != running_.current().jwks() && latest != refused_jwks_) {
            refused_jwks_ = reload_jwks(running_, log_) ? nullptr : latest;
        }
    }

    // False when a second signal requests an immediate end.
    template <class Predicate>
    bool stays_until(clock::time_point deadline, Predicate is_done) {
        while (clock::now() < deadline && !is_done()) {
            const auto number = signals_.wait_for(poll_interval);
            running_.note_limits();
            if (number == SIGUSR1) {
                running_.reopen_logs();
            } else if (number != 0 && number != SIGHUP) {
                return false;
            }
            if (manager_.watchdog_limit() && running_.is_alive()) {
                manager_.alive();
            }
        }
        return true;
    }

    int cut_short() {
        log_.warning("stopped_at_once", {{"cut", std::to_string(running_.active_requests())}});
        return 1;
    }

    application& running_;
    const process_signals& signals_;
    const service_manager& manager_;
    service_log& log_;
    watched_files files_;
    clock::time_point next_look_{};
    jwks_text refused_jwks_;
    std::uint64_t accepted_ = 0; // before the last wait for a signal: at most a second ago
};

} // namespace

int serve(const core::config& settings, core::loaded_keys keys, const reload_source& source,
          service_manager& manager) {
    const process_signals signals;
    const core::system_clock time;
    service_log log(time, settings.log.level, STDERR_FILENO);
    watched_files files; // their state from before they are read
    files.follow(settings);
    require_start(settings, time.wall_seconds());
    warn(settings, keys, log);
    application running(settings, std::move(keys), manager.sockets(), log);
    running.start();
    log.show(start_summary(settings, facts_of(running)));
    manager.ready("serving");
    watch over(running, signals, manager, log, std::move(files));
    over.run(source);
    const auto status = over.leave();
    end_within(last_moments, status);
    running.stop();
    return status;
}

} // namespace sluice::app
