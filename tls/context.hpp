#pragma once
// The certificates of one listener; starts its connections with a handshake. A reload replaces all
// of them or none; existing connections keep the certificates they started with. Does not watch the
// files: app/start/serve does. Used by app/service/certificates and app/start/start_checks.

#include "core/config/config.hpp"
#include "http/connection/entrance.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

struct ssl_ctx_st;

namespace sluice::tls {

/// The validity of a certificate (RFC 5280 §4.1.2.5), both ends included.
struct validity {
    std::chrono::sys_seconds from;
    std::chrono::sys_seconds until;
};

class context final : public http::session_starter {
  public:
    using handle = std::shared_ptr<ssl_ctx_st>;

    /// Keeps the paths of the PEM files of `from`; reads nothing yet.
    explicit context(const core::listener_settings& from);

    /// Loads the files with `settings`. Throws std::runtime_error that names the file when a file
    /// cannot be used, or when certificate and key do not match. An expired certificate is
    /// accepted: not every client checks, and a service that does not start helps none.
    [[nodiscard]] handle load(const core::config::tls_section& settings) const;

    /// Uses `next` for new connections. Thread safe, like the functions below.
    void use(handle next);
    /// The validity of the certificate in use.
    [[nodiscard]] validity valid() const;
    void start(http::worker& owner, http::arrival from) const override;

    [[nodiscard]] const std::string& certificate() const noexcept { return certificate_; }
    [[nodiscard]] bool is_of(const core::listener_settings& listener) const noexcept {
        return certificate_ == listener.certificate && key_ == listener.key &&
               hsts_max_age_ == listener.hsts_max_age;
    }

  private:
    [[nodiscard]] handle current() const;

    std::string certificate_;
    std::string key_;
    unsigned hsts_max_age_;
    std::string transport_security_; // the value of Strict-Transport-Security; empty: none
    mutable std::mutex mutex_;
    handle current_; // guarded; never null once use() has been called
};

} // namespace sluice::tls
