#pragma once
// Connections under TLS to other servers: certificates are verified against the system's
// authorities or a file of the operator, and the name or address in the certificate against the
// host of the URL. Asio's ssl::stream carries the bytes: a handful of connections do not need the
// buffers that tls/secure_socket saves (docs/decisions/0037-an-outbound-client.md). Used by
// app/jwks.

#include "http/client/channel.hpp"

#include <memory>
#include <string>

namespace sluice::tls {

class client_channels final : public http::channel_maker {
  public:
    /// `authorities` is a file of certificates in PEM; empty: the system's, or those that
    /// SSL_CERT_FILE and SSL_CERT_DIR name. Throws std::runtime_error when the file is not usable.
    explicit client_channels(const std::string& authorities);
    ~client_channels() override;
    client_channels(const client_channels&) = delete;
    client_channels& operator=(const client_channels&) = delete;

    [[nodiscard]] std::unique_ptr<http::channel> make(http::tcp::socket socket) const override;

  private:
    struct shared;
    std::shared_ptr<shared> shared_; // connections keep it
};

} // namespace sluice::tls
