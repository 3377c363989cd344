#pragma once
// The certificates of all TLS listeners of the process, which are replaced together. It does not
// notice changed files: app/start/serve does. Used by app/service/application, generation and
// reload.

#include "app/log/service_log.hpp"
#include "core/config/config.hpp"
#include "tls/context.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace sluice::app {

/// The files from which certificates are read.
[[nodiscard]] std::vector<std::string> certificate_files(const core::config& settings);

class certificates {
  public:
    /// Loads the certificate of every listener that has one; throws std::exception when a file
    /// cannot be used.
    explicit certificates(const core::config& settings);

    /// Null for a listener without a certificate.
    [[nodiscard]] const http::session_starter*
    starter_of(const core::listener_settings& listener) const noexcept;

    /// Reads the certificates from their files for the settings `with`, without putting them in
    /// force; throws std::exception when a file cannot be used.
    using staged = std::vector<tls::context::handle>;
    [[nodiscard]] staged load(const core::config::tls_section& with) const;
    /// Serves new connections with these certificates.
    void use(staged next);

    /// Logs a warning for each certificate in use that has expired at `now` or is not valid yet.
    void warn(std::chrono::sys_seconds now, service_log& log) const;
    /// Appends the metrics of the certificates. Thread safe.
    void append_metrics(std::string& text) const;

  private:
    std::vector<std::unique_ptr<tls::context>> contexts_;
};

} // namespace sluice::app
