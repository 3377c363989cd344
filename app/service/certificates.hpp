#pragma once
// The certificates of all TLS listeners of the process, replaced together.

#include "app/log/service_log.hpp"
#include "core/config/config.hpp"
#include "tls/context.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace sluice::app {

/// The files that certificates are read from.
[[nodiscard]] std::vector<std::string> certificate_files(const core::config& settings);

class certificates {
  public:
    /// Of every listener that has one; throws std::exception when a file cannot be used.
    explicit certificates(const core::config& settings);

    /// Null for a listener without.
    [[nodiscard]] const http::session_starter*
    starter_of(const core::listener_settings& listener) const noexcept;

    /// What the files and `with` amount to now; throws std::exception, and nothing has changed.
    using staged = std::vector<tls::context::handle>;
    [[nodiscard]] staged load(const core::config::tls_section& with) const;
    /// New connections are served under these.
    void use(staged next);

    /// Warns of those in use that have expired at `now`, or do not hold yet.
    void warn(std::chrono::sys_seconds now, service_log& log) const;
    /// What a scrape says of them. Thread safe.
    void append_metrics(std::string& text) const;

  private:
    std::vector<std::unique_ptr<tls::context>> contexts_;
};

} // namespace sluice::app
