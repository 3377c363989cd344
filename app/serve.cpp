#include "app/serve.hpp"

#include "app/application.hpp"
#include "app/reload.hpp"
#include "app/signals.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace sluice::app {

namespace {

using namespace std::chrono_literals;

constexpr auto poll_interval = 20ms;
constexpr auto reap_interval = 200ms;
// Requests that had arrived, but had not been read, when the listener closed get this long to
// begin.
constexpr auto settle_time = 200ms;

void warn(const core::config& settings, const core::loaded_keys& keys, service_log& log) {
    if (!keys.notice.empty()) {
        log.warning(keys.ephemeral ? "ephemeral_key" : "keys", {{"notice", keys.notice}});
    }
    if (settings.issuer.mode == core::issuer_mode::none) {
        log.warning("issuer_open", {{"notice", "issuer.mode is \"none\": whoever reaches this "
                                               "server can have a token for any file, by naming "
                                               "its trainer"}});
    }
}

// Until it is time to leave.
void run(application& running, const reload_source& source, const process_signals& signals,
         service_log& log) {
    while (true) {
        const auto number = running.reap() ? signals.wait_for(reap_interval) : signals.wait();
        if (number == SIGHUP) {
            reload(running, source, log);
        } else if (number == SIGUSR1) {
            running.reopen_logs();
        } else if (number != 0) {
            return;
        }
    }
}

int drain(application& running, const process_signals& signals, service_log& log) {
    using clock = std::chrono::steady_clock;
    const auto began = clock::now();
    const auto deadline = began + running.current().settings().shutdown.drain_timeout;
    running.begin_drain();
    log.info("draining", {{"active", std::to_string(running.active_requests())}});
    while (clock::now() < deadline) {
        if (running.active_requests() == 0 && clock::now() >= began + settle_time) {
            break;
        }
        const auto number = signals.wait_for(poll_interval);
        if (number == SIGUSR1) {
            running.reopen_logs();
        } else if (number != 0 && number != SIGHUP) {
            log.warning("stopped_at_once", {{"cut", std::to_string(running.active_requests())}});
            return 1;
        }
    }
    log.info("stopped", {{"cut", std::to_string(running.active_requests())}});
    return 0;
}

} // namespace

int serve(const core::config& settings, core::loaded_keys keys, const reload_source& source) {
    const process_signals signals;
    service_log log(settings.log.level);
    warn(settings, keys, log);
    application running(settings, std::move(keys), log);
    running.start();
    run(running, source, signals, log);
    const auto status = drain(running, signals, log);
    running.stop();
    return status;
}

} // namespace sluice::app
