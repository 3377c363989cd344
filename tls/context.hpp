#pragma once
// The certificates of one listener, and the sessions that begin with a handshake under them.
// Replaced whole or not at all, while connections go on under those they began with.

#include "core/config/config.hpp"
#include "http/connection/entrance.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

struct ssl_ctx_st;

namespace sluice::tls {

/// When a certificate holds (RFC 5280 §4.1.2.5), both ends included.
struct validity {
    std::chrono::sys_seconds from;
    std::chrono::sys_seconds until;
};

class context final : public http::session_starter {
  public:
    using handle = std::shared_ptr<ssl_ctx_st>;

    /// The PEM files of `from`; nothing is read yet.
    explicit context(const core::listener_settings& from);

    /// What the files and `settings` amount to now. Throws std::runtime_error that names the file
    /// when they cannot be used, or do not belong together. A certificate that has expired can be:
    /// not every client looks, and none is helped by a service that does not start.
    [[nodiscard]] handle load(const core::config::tls_section& settings) const;

    /// New connections are served under `next`. Thread safe, as what follows.
    void use(handle next);
    /// Of the certificate in use.
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
