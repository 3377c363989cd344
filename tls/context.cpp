#include "tls/context.hpp"

#include "core/files/secret_file.hpp"
#include "tls/handshake.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstddef>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace sluice::tls {

namespace {

// For TLS 1.2, only suites with forward secrecy and authenticated encryption; TLS 1.3 has no
// others.
constexpr const char* tls12_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
// The supported protocols, best first, in the form of ALPN: length and name.
constexpr std::string_view protocols{"\x08http/1.1\x08http/1.0"};

constexpr std::size_t max_key_bytes = 65536;

// An encrypted key is an error, not a password prompt on a terminal.
int no_password(char*, int, int, void*) {
    return 0;
}

// The text of the first error; OpenSSL's later errors only name the functions that passed it on.
std::string cause() {
    const auto code = ERR_get_error();
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(code)) {
        return std::generic_category().message(ERR_GET_REASON(code));
    }
    if (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE) {
        return "no PEM certificate or key found in this file";
    }
    const char* const reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "unknown error " + std::to_string(code);
}

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + cause());
}

// RFC 7301 §3.2: a client that offers only other protocols gets a fatal alert. OpenSSL does not
// call this for a client without the extension.
int select_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
                    unsigned in_size, void*) {
    unsigned char* chosen = nullptr;
    const auto* const ours = reinterpret_cast<const unsigned char*>(protocols.data());
    const int outcome = SSL_select_next_proto(&chosen, size, ours,
                                              static_cast<unsigned>(protocols.size()), in, in_size);
    *out = chosen;
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void configure(SSL_CTX* ctx, const core::config::tls_section& settings) {
    SSL_CTX_set_min_proto_version(
        ctx, settings.min_version == core::tls_version::v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    // Our order, unless a client without AES hardware puts ChaCha first.
    SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                 SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    // A record that could not be written is written again from the same buffer, which may have
    // moved. An idle connection holds no buffers.
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    // Resumption uses tickets, which need no state on the server; their keys belong to this object.
    // One ticket per handshake: each costs a key derivation, a sealed session and a system call.
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ctx, 1);
    SSL_CTX_set_session_id_context(ctx, reinterpret_cast<const unsigned char*>("sluice"), 6);
    SSL_CTX_set_alpn_select_cb(ctx, select_protocol, nullptr);
    if (SSL_CTX_set_cipher_list(ctx, tls12_ciphers) != 1) {
        fail("TLS ciphers");
    }
}

/// Reads the key like every file that holds a secret: a file that others can read or write is
/// rejected (docs/security.md, threat 60). False: OpenSSL's error queue has the cause.
bool use_key(SSL_CTX* ctx, const std::string& path) {
    core::trusted_text pem;
    if (const auto fault =
            core::read_trusted_file(path, core::file_secrecy::closed, max_key_bytes, pem);
        !fault.empty()) {
        throw std::runtime_error("key " + path + ": " + fault);
    }
    const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(
        BIO_new_mem_buf(pem.text.data(), static_cast<int>(pem.text.size())), BIO_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        bytes ? PEM_read_bio_PrivateKey(bytes.get(), nullptr, no_password, nullptr) : nullptr,
        EVP_PKEY_free);
    return key && SSL_CTX_use_PrivateKey(ctx, key.get()) == 1;
}

std::chrono::sys_seconds time_of(const ASN1_TIME* when) {
    std::tm parts{};
    ASN1_TIME_to_tm(when, &parts);
    return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

} // namespace

context::context(const core::listener_settings& from)
    : certificate_(from.certificate), key_(from.key), hsts_max_age_(from.hsts_max_age) {
    if (hsts_max_age_ > 0) {
        transport_security_ = "max-age=" + std::to_string(hsts_max_age_);
    }
}

context::handle context::load(const core::config::tls_section& settings) const {
    ERR_clear_error();
    handle made(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    auto* const ctx = made.get();
    if (ctx == nullptr) {
        fail("TLS");
    }
    configure(ctx, settings);
    if (SSL_CTX_use_certificate_chain_file(ctx, certificate_.c_str()) != 1) {
        fail("certificate " + certificate_);
    }
    // OpenSSL compares the key with the certificate when it reads it, but not a key of another
    // kind.
    const bool is_read = use_key(ctx, key_);
    const bool is_other = is_read
                              ? SSL_CTX_check_private_key(ctx) != 1
                              : ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH &&
                                    ERR_GET_LIB(ERR_peek_error()) == ERR_LIB_X509;
    if (is_other) {
        ERR_clear_error();
        throw std::runtime_error("key " + key_ + ": does not match " + certificate_);
    }
    if (!is_read) {
        fail("key " + key_);
    }
    return made;
}

void context::use(handle next) {
    const std::scoped_lock lock(mutex_);
    current_.swap(next); // the old one is destroyed outside the lock
}

context::handle context::current() const {
    const std::scoped_lock lock(mutex_); // once per connection
    return current_;
}

validity context::valid() const {
    const auto now = current();
    const auto* const certificate = SSL_CTX_get0_certificate(now.get());
    return {.from = time_of(X509_get0_notBefore(certificate)),
            .until = time_of(X509_get0_notAfter(certificate))};
}

void context::start(http::worker& owner, http::arrival from) const {
    if (from.verdict.how == http::admission::turned_away) {
        return; // no free place; without a handshake no response is possible
    }
    ssl_handle made(SSL_new(current().get())); // keeps the SSL_CTX alive
    (new handshake(owner, std::move(from), std::move(made), transport_security_))
        ->start(); // destroys itself
}

} // namespace sluice::tls
