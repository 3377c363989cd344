#pragma once
// Certificates made in memory, for tests of TLS.

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <string>

namespace sluice::test {

/// A P-256 key and a self-signed certificate, in PEM.
struct certificate {
    std::string chain;
    std::string key;
};

namespace detail {

template <class Write>
std::string pem_of(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    write(out.get());
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

} // namespace detail

/// Valid from a day ago until `until` from now, for `names`, such as "DNS:localhost,IP:127.0.0.1".
inline certificate make_certificate(std::chrono::seconds until = std::chrono::hours(24),
                                    const std::string& names = {}) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    auto* const name = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("node"), -1, -1, 0);
    X509_set_issuer_name(made.get(), name);
    X509_set_pubkey(made.get(), key.get());
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -86400);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), static_cast<long>(until.count()));
    if (!names.empty()) {
        X509_set_version(made.get(), X509_VERSION_3);
        const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()),
            X509_EXTENSION_free);
        X509_add_ext(made.get(), extension.get(), -1);
    }
    X509_sign(made.get(), key.get(), EVP_sha256());
    return {.chain = detail::pem_of([&](BIO* out) { PEM_write_bio_X509(out, made.get()); }),
            .key = detail::pem_of([&](BIO* out) {
                PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
            })};
}

} // namespace sluice::test
