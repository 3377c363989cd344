#include "tls/client_channels.hpp"

#include "core/address/ip_address.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <stdexcept>
#include <utility>

namespace sluice::tls {

namespace net = http::net;
namespace ssl = boost::asio::ssl;

struct client_channels::shared {
    ssl::context context{ssl::context::tls_client};
};

namespace {

using http::error_code;

/// Makes the handshake fail unless the certificate is for `host`.
bool expect(SSL* connection, const std::string& host) {
    auto* const rules = SSL_get0_param(connection);
    if (core::parse_ip_address(host)) {
        return X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1;
    }
    SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    // The macro of OpenSSL for this call has a cast of C in it. The text is copied.
    auto* const name = const_cast<char*>(host.c_str()); // NOLINT(*-const-cast)
    return SSL_set1_host(connection, host.c_str()) == 1 &&
           SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name) == 1;
}

/// The reason why the handshake with `host` failed.
std::string cause_of(SSL* connection, const std::string& host, const error_code& ec) {
    const auto verdict = SSL_get_verify_result(connection);
    if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH) {
        return "the certificate of the server is not for " + host;
    }
    if (verdict != X509_V_OK) {
        return "the certificate of " + host +
               " is not trusted: " + X509_verify_cert_error_string(verdict);
    }
    return "no TLS handshake with " + host + ": " + ec.message();
}

class secure_channel final : public http::channel {
  public:
    secure_channel(http::tcp::socket socket, std::shared_ptr<void> owner, ssl::context& context)
        : owner_(std::move(owner)), stream_(std::move(socket), context) {}

    void greet(const std::string& host, greet_handler then) override {
        if (!expect(stream_.native_handle(), host)) {
            net::post(stream_.get_executor(), [host, then = std::move(then)] {
                then("the name " + host + " cannot be verified");
            });
            return;
        }
        stream_.async_handshake(
            ssl::stream_base::client, [this, host, then = std::move(then)](const error_code& ec) {
                then(ec ? cause_of(stream_.native_handle(), host, ec) : std::string());
            });
    }

    // An end without close_notify may be an attacker's (RFC 8446 §6.1): it stays an error.
    void read_some(net::mutable_buffer into, read_handler then) override {
        stream_.async_read_some(net::buffer(into), std::move(then));
    }

    void write(net::const_buffer what, done_handler then) override {
        net::async_write(stream_, net::buffer(what),
                         [then = std::move(then)](const error_code& ec, std::size_t) { then(ec); });
    }

    void acknowledge() noexcept override {
        http::acknowledge(stream_.next_layer().native_handle());
    }

    void close() noexcept override {
        error_code ignored;
        stream_.next_layer().close(ignored);
    }

    bool is_silent() noexcept override {
        return SSL_pending(stream_.native_handle()) == 0 &&
               http::is_silent(stream_.next_layer().native_handle());
    }

    // A record that arrived before close() is decrypted after it.
    [[nodiscard]] bool can_read_in_place() const noexcept override { return false; }

  private:
    std::shared_ptr<void> owner_; // of the context
    ssl::stream<http::tcp::socket> stream_;
};

} // namespace

client_channels::client_channels(const std::string& authorities)
    : shared_(std::make_shared<shared>()) {
    auto& context = shared_->context;
    auto* const raw = context.native_handle();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    context.set_verify_mode(ssl::verify_peer);
    error_code ec;
    if (authorities.empty()) {
        context.set_default_verify_paths(ec);
    } else {
        context.load_verify_file(authorities, ec);
    }
    if (ec) {
        throw std::runtime_error(
            authorities + (authorities.empty() ? "the system's certificate authorities" : "") +
            " cannot be read as certificates in PEM: " + ec.message());
    }
}

client_channels::~client_channels() = default;

std::unique_ptr<http::channel> client_channels::make(http::tcp::socket socket) const {
    return std::make_unique<secure_channel>(std::move(socket), shared_, shared_->context);
}

} // namespace sluice::tls
