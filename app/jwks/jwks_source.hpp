#pragma once
// The keys of session tokens at issuer.jwt.jwks_url, kept up to date: fetched at the start, again
// when their life ends, and sooner when a token names a key that is not there. The last good set
// stays when a fetch fails. One per process, with a thread of its own; a reload does not change it.
// It puts no set in force: the main thread builds a generation with it (app/service/reload). Used
// by app/service/application and app/service/generation.

#include "app/jwks/jwks_fetch.hpp"
#include "app/log/service_log.hpp"
#include "core/config/config.hpp"
#include "core/issuer/issuer.hpp"
#include "http/client/client.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace sluice::app {

/// The text of a usable set; null: none has arrived yet.
using jwks_text = std::shared_ptr<const std::string>;

class jwks_source final : public core::key_set_feed {
  public:
    /// issuer.jwt.jwks_url is set and valid. Returns at once; nothing is fetched before start().
    /// Throws std::runtime_error when issuer.jwt.jwks_ca_file cannot be used.
    jwks_source(const core::config& settings, service_log& log);
    ~jwks_source() override;
    jwks_source(const jwks_source&) = delete;
    jwks_source& operator=(const jwks_source&) = delete;

    void start();
    /// Ends the thread, whatever the server does.
    void stop();

    /// The last good set. Another pointer means that the set has changed. Thread safe.
    [[nodiscard]] jwks_text current() const;
    /// The URL, for messages.
    [[nodiscard]] const std::string& place() const noexcept { return place_; }
    /// Fetches again, though at most every 30 s.
    void ask_again() const noexcept override;
    /// Thread safe.
    void append_metrics(std::string& out) const;

  private:
    using clock = std::chrono::steady_clock;

    void fetch();
    /// Fetches when it is time to.
    void wait();
    void take(jwks_answer answer);
    void take_set(jwks_answer& answer);
    /// Until the next fetch.
    [[nodiscard]] clock::duration pause();

    core::http_url url_;
    std::string place_;
    service_log& log_;

    // Used by the thread only.
    std::string etag_;
    std::chrono::seconds life_;
    std::chrono::seconds retry_{};
    clock::time_point began_{}; // the last fetch
    clock::time_point due_{};   // the next one, unless somebody asks
    std::uint64_t turn_ = 0;    // of the timer: an earlier wait means nothing
    bool is_failing_ = false;

    mutable std::mutex mutex_; // guards the set
    jwks_text set_;

    std::array<std::atomic<std::uint64_t>, jwks_outcome_count> outcomes_{};
    std::atomic<std::uint64_t> keys_{0};
    std::atomic<bool> is_current_{false};
    std::atomic<clock::time_point> confirmed_{clock::now()};
    mutable std::atomic<bool> is_asked_{false};

    mutable http::net::io_context context_{1};
    http::net::executor_work_guard<http::net::io_context::executor_type> work_;
    mutable http::net::steady_timer timer_{context_};
    http::client client_;
    std::optional<jwks_fetch> fetch_;
    std::thread thread_;
};

} // namespace sluice::app
