#pragma once
// A running service: the parts that exist from its start to its end (threads, listeners, counters,
// logs), and the generation in force. It does not contain the parts that a reload replaces:
// app/service/generation does. Used by app/start/serve and app/service/reload.

#include "app/jwks/jwks_source.hpp"
#include "app/log/line_writer.hpp"
#include "app/log/service_log.hpp"
#include "app/process/descriptor_budget.hpp"
#include "app/service/certificates.hpp"
#include "app/service/front.hpp"
#include "app/service/generation.hpp"
#include "app/service/process_metrics.hpp"
#include "app/service/store_service.hpp"
#include "app/status/control_entrance.hpp"
#include "app/status/status_board.hpp"
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
    /// Opens the media root, reads the catalogue and binds the listeners; throws std::exception
    /// when a resource is unavailable. `settings` have been validated. `passed` are the sockets
    /// that the service manager opened; listeners must use all of them.
    application(const core::config& settings, core::loaded_keys keys, passed_sockets& passed,
                service_log& log);
    ~application();
    application(const application&) = delete;
    application& operator=(const application&) = delete;

    /// Starts the threads and begins to accept connections.
    void start();

    /// The addresses of the main listeners, and of the one for metrics if it has its own.
    struct listening {
        std::vector<std::string> main;
        std::vector<std::string> metrics;
    };
    [[nodiscard]] listening addresses() const;

    /// The generation in force.
    [[nodiscard]] const generation& current() const noexcept { return *current_; }

    /// Serves new requests by `settings` and `keys`; requests under way finish under the old ones.
    /// Throws std::exception, and changes nothing, when a resource is unavailable. `settings` have
    /// been validated and equal the running ones wherever a change needs a restart.
    void renew(core::config settings, core::loaded_keys keys);

    /// The key set that issuer.jwt.jwks_url last had; null: none. Not necessarily that of
    /// current().
    [[nodiscard]] jwks_text latest_jwks() const;

    [[nodiscard]] certificates& tls() noexcept { return certificates_; }
    /// Serves new connections with these certificates, if there are any, and warns of those that
    /// have expired.
    void use(certificates::staged next);

    /// Frees generations that no request uses any more; true when at least one remains.
    bool reap();

    /// The reloads, for `sluice status`.
    [[nodiscard]] reload_history& reloads() noexcept { return board_.reloads; }
    /// Notes how often limits were reached, for `sluice status`. Call it about once a second.
    void note_limits() { board_.limits.sample(clock_.steady(), totals_of(counters_)); }

    /// Reopens the access log by its path, after logrotate has moved the file.
    void reopen_logs();

    /// /readyz responds 503 from now on, for balancers; all other routes keep working.
    void begin_leaving() noexcept;
    /// Closes the listeners; each connection is closed after its current response.
    void begin_drain();
    /// The number of connections with bytes that were sent and are not acknowledged. It is known
    /// two rounds() after begin_drain().
    [[nodiscard]] std::uint64_t owing() const noexcept;
    /// True when every worker has completed a round of its event loop since the last call.
    [[nodiscard]] bool is_alive();
    /// The number of rounds of each worker's event loop (http::worker::rounds).
    [[nodiscard]] std::vector<std::uint64_t> rounds() const;
    /// True when each worker has checked all of its connections since `before`, a result of
    /// rounds(). On a busy machine a request may have arrived that its thread has had no time to
    /// read.
    [[nodiscard]] bool have_gone_round(const std::vector<std::uint64_t>& before) const;
    /// Requests under way.
    [[nodiscard]] std::uint64_t active_requests() const noexcept;
    /// True when no connection is open and none can be opened any more.
    [[nodiscard]] bool is_empty() const;
    /// True when a connection is open that has had no request yet.
    [[nodiscard]] bool has_newcomers() const noexcept;
    /// Connections accepted so far.
    [[nodiscard]] std::uint64_t accepted() const noexcept;
    /// The bytes sent so far on all connections.
    [[nodiscard]] std::uint64_t bytes_sent() const noexcept;

    /// Ends all threads; requests under way are cut.
    void stop();

  private:
    void add_front(front::site_member site, std::span<const core::listener_settings> listeners,
                   unsigned threads, passed_sockets& passed, http::log_sink* sink);
    void open_control(passed_sockets& passed);
    [[nodiscard]] generation::surroundings around() noexcept;
    void report_accept_failure(http::error_code why);
    [[nodiscard]] descriptor_budget share_descriptors() const;
    void report_device(const http::storage_device& which);
    void report_log(std::string_view which, int error);
    [[nodiscard]] std::unique_ptr<line_writer> open_audit(const core::config& settings);

    service_log& log_;
    process_metrics process_;
    core::system_clock clock_;
    status_board board_{clock_};
    std::atomic<bool> is_leaving_{false};
    std::atomic<bool> is_draining_{false};
    std::vector<std::uint64_t> rounds_; // of each worker at the last is_alive()
    std::vector<const http::counters*> counters_;
    http::user_transfers users_;
    core::peer_rates bad_credentials_; // shared by all generations
    http::storage devices_;
    std::unique_ptr<http::trainer_counts> trainers_; // null: metrics.by_trainer is 0
    certificates certificates_;
    std::unique_ptr<store_service> store_; // null: no store
    std::unique_ptr<jwks_source> jwks_;    // null: no issuer.jwt.jwks_url
    http::counters audit_count_;           // written by the audit log's thread
    std::unique_ptr<line_writer> audit_log_;
    std::shared_ptr<const generation> current_;
    // Kept until nothing else holds them, so that no generation is destroyed on a worker's thread:
    // closing a catalogue would delay its connections.
    std::vector<std::shared_ptr<const generation>> retired_;
    http::counters log_count_; // written by the access log's thread
    std::optional<line_writer> access_log_;
    std::vector<std::unique_ptr<front>> fronts_; // the main one first
    control_entrance control_entrance_;
    // Not one of fronts_: it answers until the end of a drain, and its requests are not counted.
    std::unique_ptr<front> control_; // null: no control.socket
    std::vector<std::thread> threads_;
};

} // namespace sluice::app
