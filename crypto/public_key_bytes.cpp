#include "crypto/public_key_bytes.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace sluice::crypto {

namespace {

template <class Read, class Free>
bool is_read_by(Read read, Free release, std::string_view bytes) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL counts in unsigned char
    const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
    auto* const object = read(&from, static_cast<long>(bytes.size()));
    ERR_clear_error();
    release(object);
    return object != nullptr;
}

} // namespace

bool looks_like_public_key(std::string_view bytes) {
    const auto spki = [](auto from, long size) { return d2i_PUBKEY(nullptr, from, size); };
    const auto pkcs1 = [](auto from, long size) {
        return d2i_PublicKey(EVP_PKEY_RSA, nullptr, from, size);
    };
    const auto certificate = [](auto from, long size) { return d2i_X509(nullptr, from, size); };
    return bytes.find("-----BEGIN ") != std::string_view::npos ||
           is_read_by(spki, EVP_PKEY_free, bytes) || is_read_by(pkcs1, EVP_PKEY_free, bytes) ||
           is_read_by(certificate, X509_free, bytes);
}

} // namespace sluice::crypto
