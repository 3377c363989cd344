#pragma once
// Owns what a running service keeps from its start to its end: threads, listeners, counters, logs;
// and the generation that is in force.

#include "app/log/line_writer.hpp"
#include "app/log/service_log.hpp"
#include "app/process/descriptor_budget.hpp"
#include "app/service/certificates.hpp"
#include "app/service/front.hpp"
#include "app/service/generation.hpp"
#include "app/service/process_metrics.hpp"
#include "app/service/store_service.hpp"
#include "core/address/peer_rates.hpp"
#include "core/config/config.hpp"
#include "core/token/key_file.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::app {

class application {
  public:
    /// Opens the media root, reads the catalogue, binds the listeners; throws std::exception when
    /// something cannot be had. `settings` have been validated; `passed` are the sockets that the
    /// service manager opened, all of which a listener has to want.
    application(const core::config& settings, core::loaded_keys keys, passed_sockets& passed,
                service_log& log);
    ~application();
    application(const application&) = delete;
    application& operator=(const application&) = delete;

    /// Starts the threads and accepts.
    void start();

    /// What is in force.
    [[nodiscard]] const generation& current() const noexcept { return *current_; }

    /// Serves new requests by `settings` and `keys`; those under way end by what they began with.
    /// Throws std::exception when something cannot be had: then nothing has changed. `settings`
    /// have been validated and agree with the running ones where a restart is needed.
    void renew(core::config settings, core::loaded_keys keys);

    [[nodiscard]] certificates& tls() noexcept { return certificates_; }
    /// New connections are served under these, unless there are none; warns of those that have
    /// expired.
    void use(certificates::staged next);

    /// Frees generations that no request needs any more; true when one is left over.
    bool reap();

    /// Opens the access log again by its path: logrotate has moved it.
    void reopen_logs();

    /// Readiness turns red, for balancers to see; everything else goes on.
    void begin_leaving() noexcept;
    /// Listeners close, answers close their connections.
    void begin_drain();
    /// True when every worker has gone round its loop since the last call.
    [[nodiscard]] bool is_alive();
    /// How often each worker has gone round its loop (http::worker::rounds).
    [[nodiscard]] std::vector<std::uint64_t> rounds() const;
    /// True when each worker has looked at all of its connections since `before`, a rounds(): on a
    /// busy machine a request may be here that its thread has had no time to read.
    [[nodiscard]] bool have_gone_round(const std::vector<std::uint64_t>& before) const;
    /// Requests under way now.
    [[nodiscard]] std::uint64_t active_requests() const noexcept;
    /// True when no connection is open, nor will be.
    [[nodiscard]] bool is_empty() const;
    /// Connections taken so far.
    [[nodiscard]] std::uint64_t accepted() const noexcept;
    /// Moves as long as anything is sent.
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept;

    /// Ends all threads; what is under way is cut.
    void stop();

  private:
    void add_front(front::site_member site, std::span<const core::listener_settings> listeners,
                   unsigned threads, passed_sockets& passed, http::log_sink* sink);
    [[nodiscard]] generation::surroundings around() noexcept;
    void report_accept_failure(http::error_code why);
    [[nodiscard]] descriptor_budget share_descriptors() const;
    void report_log(std::string_view which, int error);
    [[nodiscard]] std::unique_ptr<line_writer> open_audit(const core::config& settings);

    service_log& log_;
    process_metrics process_;
    core::system_clock clock_;
    std::atomic<bool> is_leaving_{false};
    std::atomic<bool> is_draining_{false};
    std::vector<std::uint64_t> rounds_; // of each worker at the last is_alive()
    std::vector<const http::counters*> counters_;
    http::user_transfers users_;
    core::peer_rates bad_credentials_; // of all generations
    certificates certificates_;
    std::unique_ptr<store_service> store_; // null: no store
    http::counters audit_count_;           // of the audit's own thread
    std::unique_ptr<line_writer> audit_log_;
    std::shared_ptr<const generation> current_;
    // Kept until nobody else holds them, so that none ends on a worker's thread, where closing a
    // catalogue would hold up its connections.
    std::vector<std::shared_ptr<const generation>> retired_;
    http::counters log_count_; // of the access log's own thread
    std::optional<line_writer> access_log_;
    std::vector<std::unique_ptr<front>> fronts_; // the main one first
    std::vector<std::thread> threads_;
};

} // namespace sluice::app
