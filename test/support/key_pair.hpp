#pragma once
// Key pairs that sign as third-party software does, through OpenSSL; and public keys in each
// encoding.

#include "crypto/base64url.hpp"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace sluice::test {

class key_pair {
  public:
    static key_pair rsa(unsigned bits) { return key_pair(EVP_RSA_gen(bits)); }
    static key_pair ec(const char* curve) { return key_pair(EVP_EC_gen(curve)); }
    static key_pair ed25519() { return key_pair(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

    /// The signature in OpenSSL's form: DER for an elliptic curve.
    [[nodiscard]] std::string sign(std::string_view message, const EVP_MD* hash,
                                   int padding = RSA_PKCS1_PADDING) const {
        EVP_MD_CTX* const context = EVP_MD_CTX_new();
        EVP_PKEY_CTX* options = nullptr;
        EVP_DigestSignInit(context, &options, hash, nullptr, key_.get());
        if (EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA) {
            EVP_PKEY_CTX_set_rsa_padding(options, padding);
        }
        const auto* const bytes = reinterpret_cast<const unsigned char*>(message.data());
        std::size_t size = 0;
        EVP_DigestSign(context, nullptr, &size, bytes, message.size());
        std::string out(size, '\0');
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, bytes,
                       message.size());
        out.resize(size);
        EVP_MD_CTX_free(context);
        return out;
    }

    /// r and s of 32 bytes each (RFC 7518 §3.4).
    [[nodiscard]] std::string sign_raw(std::string_view message) const {
        const auto der = sign(message, EVP_sha256());
        const auto* from = reinterpret_cast<const unsigned char*>(der.data());
        ECDSA_SIG* const pair = d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(der.size()));
        std::string out(64, '\0');
        auto* const to = reinterpret_cast<unsigned char*>(out.data());
        BN_bn2binpad(ECDSA_SIG_get0_r(pair), to, 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), to + 32, 32);
        ECDSA_SIG_free(pair);
        return out;
    }

    [[nodiscard]] std::string pem() const {
        return written([&](BIO* to) { PEM_write_bio_PUBKEY(to, key_.get()); });
    }
    [[nodiscard]] std::string private_pem() const {
        return written([&](BIO* to) {
            PEM_write_bio_PrivateKey(to, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }
    [[nodiscard]] std::string der() const {
        return written([&](BIO* to) { i2d_PUBKEY_bio(to, key_.get()); });
    }
    /// Of P-256, as a JWK (RFC 7518 §6.2.1); `more` are members, each followed by a comma.
    [[nodiscard]] std::string jwk(std::string_view more = {}) const {
        const auto all = der(); // ends with the point: two coordinates of 32 bytes
        const auto from = [&](std::size_t end) {
            return crypto::base64url_encode(std::string_view(all).substr(all.size() - end, 32));
        };
        return "{" + std::string(more) + R"("kty":"EC","crv":"P-256","x":")" + from(64) +
               R"(","y":")" + from(32) + "\"}";
    }
    /// Of RSA, big-endian.
    [[nodiscard]] std::string modulus() const {
        BIGNUM* number = nullptr;
        EVP_PKEY_get_bn_param(key_.get(), "n", &number);
        std::string out(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
        BN_bn2bin(number, reinterpret_cast<unsigned char*>(out.data()));
        BN_free(number);
        return out;
    }
    /// PKCS #1, for RSA.
    [[nodiscard]] std::string pkcs1() const {
        unsigned char* bytes = nullptr;
        const int size = i2d_PublicKey(key_.get(), &bytes);
        std::string out(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
        OPENSSL_free(bytes);
        return out;
    }

  private:
    explicit key_pair(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {}

    template <class Write>
    static std::string written(Write write) {
        BIO* const to = BIO_new(BIO_s_mem());
        write(to);
        char* bytes = nullptr;
        const auto size = BIO_get_mem_data(to, &bytes);
        std::string out(bytes, static_cast<std::size_t>(size));
        BIO_free(to);
        return out;
    }

    std::shared_ptr<EVP_PKEY> key_;
};

} // namespace sluice::test
