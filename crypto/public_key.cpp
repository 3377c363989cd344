#include "crypto/public_key.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace sluice::crypto {

namespace {

constexpr int min_rsa_bits = 2048;
constexpr int max_rsa_bits = 8192;
constexpr std::size_t max_pem_bytes = 16384;
constexpr std::size_t coordinate_bytes = 32;
constexpr std::size_t max_exponent_bytes = 8;

template <auto Free>
struct deleter {
    template <class T>
    void operator()(T* one) const noexcept {
        Free(one);
    }
};
using bio_handle = std::unique_ptr<BIO, deleter<BIO_free>>;
using number_handle = std::unique_ptr<BIGNUM, deleter<BN_free>>;
using context_handle = std::unique_ptr<EVP_PKEY_CTX, deleter<EVP_PKEY_CTX_free>>;
using digest_handle = std::unique_ptr<EVP_MD_CTX, deleter<EVP_MD_CTX_free>>;
using builder_handle = std::unique_ptr<OSSL_PARAM_BLD, deleter<OSSL_PARAM_BLD_free>>;
using parameters_handle = std::unique_ptr<OSSL_PARAM, deleter<OSSL_PARAM_free>>;
using signature_handle = std::unique_ptr<ECDSA_SIG, deleter<ECDSA_SIG_free>>;

const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

number_handle number_of(std::string_view bytes) noexcept {
    return number_handle(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

// Removes the errors that OpenSSL queues during its lifetime, so that no later caller reads them.
struct quiet {
    quiet() noexcept { ERR_set_mark(); }
    ~quiet() { ERR_pop_to_mark(); }
    quiet(const quiet&) = delete;
    quiet& operator=(const quiet&) = delete;
};

// Compares the label only, so that no private key is ever decoded.
bool is_private_block(std::string_view pem) noexcept {
    return pem.find("PRIVATE KEY-----") != std::string_view::npos;
}

// A second block would be a second key that is silently ignored.
std::string_view only_block(std::string_view pem) noexcept {
    constexpr std::string_view begin = "-----BEGIN PUBLIC KEY-----";
    constexpr std::string_view end = "-----END PUBLIC KEY-----";
    constexpr std::string_view space = " \t\r\n";
    const auto first = pem.find_first_not_of(space);
    const auto last = pem.find_last_not_of(space);
    if (first == std::string_view::npos || pem.size() > max_pem_bytes) {
        return {};
    }
    const auto block = pem.substr(first, last - first + 1);
    const bool is_one = block.starts_with(begin) && block.ends_with(end) &&
                        block.find(begin, begin.size()) == std::string_view::npos;
    return is_one ? block : std::string_view{};
}

bool is_p256(const EVP_PKEY* key) {
    std::array<char, 64> group{};
    std::size_t length = 0;
    return EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
           std::string_view(group.data(), length) == SN_X9_62_prime256v1;
}

bool has_sane_exponent(const EVP_PKEY* key) {
    BIGNUM* exponent = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) {
        return false;
    }
    const number_handle owned(exponent);
    return BN_is_odd(exponent) == 1 && BN_is_one(exponent) == 0 &&
           static_cast<std::size_t>(BN_num_bytes(exponent)) <= max_exponent_bytes;
}

bool is_valid(EVP_PKEY* key) {
    const context_handle context(EVP_PKEY_CTX_new(key, nullptr));
    return context && EVP_PKEY_public_check(context.get()) == 1;
}

using encoded_point = std::array<unsigned char, 32>;

// The y of the points of order 8 of edwards25519; those of order 1, 2 and 4 have y = 1, -1 and 0.
constexpr std::array<encoded_point, 2> order_eight{{
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
}};

// Little-endian: true for p - 1, p and p + 1, which are equal to -1, 0 and 1 (p = 2^255 - 19).
bool is_around_p(const encoded_point& y) noexcept {
    return y[0] >= 0xec && y[0] <= 0xee && y[31] == 0x7f &&
           std::all_of(y.begin() + 1, y.end() - 1, [](auto byte) { return byte == 0xff; });
}

// A key of small order verifies forged signatures: with the neutral element as the key, R = 1 and S
// = 0 is a signature of every message. OpenSSL accepts such keys.
bool has_small_order(const EVP_PKEY* ed25519) noexcept {
    encoded_point y{};
    std::size_t size = y.size();
    if (EVP_PKEY_get_raw_public_key(ed25519, y.data(), &size) != 1 || size != y.size()) {
        return true;
    }
    y[31] &= 0x7f; // the sign of x
    const bool is_zero_or_one =
        y[0] <= 1 && std::all_of(y.begin() + 1, y.end(), [](auto byte) { return byte == 0; });
    return is_zero_or_one || is_around_p(y) ||
           std::find(order_eight.begin(), order_eight.end(), y) != order_eight.end();
}

key_fault judge_rsa(const EVP_PKEY* key) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < min_rsa_bits || bits > max_rsa_bits) {
        return key_fault::bad_size;
    }
    return has_sane_exponent(key) ? key_fault::none : key_fault::unreadable;
}

// A JWS holds r and s side by side (RFC 7518 §3.4); OpenSSL requires DER.
class der_signature {
  public:
    explicit der_signature(std::string_view raw) noexcept {
        const signature_handle pair(ECDSA_SIG_new());
        number_handle r = number_of(raw.substr(0, coordinate_bytes));
        number_handle s = number_of(raw.substr(coordinate_bytes));
        if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) {
            return;
        }
        static_cast<void>(r.release()); // now owned by the pair
        static_cast<void>(s.release());
        auto* out = bytes_.data();
        size_ = static_cast<std::size_t>(std::max(i2d_ECDSA_SIG(pair.get(), &out), 0));
    }

    [[nodiscard]] std::string_view view() const noexcept {
        return {reinterpret_cast<const char*>(bytes_.data()), size_};
    }

  private:
    // A sequence of two integers, each with a tag, a length and perhaps a leading zero.
    std::array<unsigned char, 2 + 2 * (2 + 1 + coordinate_bytes)> bytes_{};
    std::size_t size_ = 0;
};

bool verify_encoded(EVP_PKEY* key, const EVP_MD* digest, std::string_view message,
                    std::string_view signature) noexcept {
    const digest_handle context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                            message.size()) == 1;
}

} // namespace

std::string_view name_of(signature_algorithm algorithm) noexcept {
    switch (algorithm) {
    case signature_algorithm::rs256:
        return "RS256";
    case signature_algorithm::es256:
        return "ES256";
    case signature_algorithm::eddsa:
        break;
    }
    return "EdDSA";
}

void public_key::free_key::operator()(evp_pkey_st* key) const noexcept {
    EVP_PKEY_free(key);
}

std::optional<public_key> public_key::adopt(handle key, key_fault& why) {
    why = key_fault::unreadable;
    if (!key) {
        return std::nullopt;
    }
    auto algorithm = signature_algorithm::eddsa;
    switch (EVP_PKEY_get_base_id(key.get())) {
    case EVP_PKEY_RSA:
        algorithm = signature_algorithm::rs256;
        why = judge_rsa(key.get());
        break;
    case EVP_PKEY_EC:
        algorithm = signature_algorithm::es256;
        why = is_p256(key.get()) ? key_fault::none : key_fault::unsupported;
        break;
    case EVP_PKEY_ED25519:
        why = has_small_order(key.get()) ? key_fault::unreadable : key_fault::none;
        break;
    default:
        why = key_fault::unsupported;
    }
    if (why == key_fault::none && !is_valid(key.get())) {
        why = key_fault::unreadable;
    }
    if (why != key_fault::none) {
        return std::nullopt;
    }
    return public_key(std::move(key), algorithm);
}

std::optional<public_key> public_key::from_pem(std::string_view pem, key_fault& why) {
    const quiet errors;
    if (is_private_block(pem)) {
        why = key_fault::is_private;
        return std::nullopt;
    }
    const auto block = only_block(pem);
    const bio_handle source(BIO_new_mem_buf(block.data(), static_cast<int>(block.size())));
    return adopt(handle(source && !block.empty()
                            ? PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr)
                            : nullptr),
                 why);
}

public_key::handle public_key::from_parameters(const char* type, void* builder) {
    const parameters_handle parameters(
        OSSL_PARAM_BLD_to_param(static_cast<OSSL_PARAM_BLD*>(builder)));
    const context_handle context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* made = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
        return nullptr;
    }
    return handle(made);
}

std::optional<public_key> public_key::from_rsa(std::string_view modulus, std::string_view exponent,
                                               key_fault& why) {
    const quiet errors;
    if (modulus.size() > max_rsa_bits / 8 || exponent.size() > max_exponent_bytes) {
        why = key_fault::bad_size;
        return std::nullopt;
    }
    const auto n = number_of(modulus);
    const auto e = number_of(exponent);
    const builder_handle builder(OSSL_PARAM_BLD_new());
    if (!n || !e || !builder ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
        why = key_fault::unreadable;
        return std::nullopt;
    }
    return adopt(from_parameters("RSA", builder.get()), why);
}

std::optional<public_key> public_key::from_p256(std::string_view x, std::string_view y,
                                                key_fault& why) {
    const quiet errors;
    if (x.size() != coordinate_bytes || y.size() != coordinate_bytes) {
        why = key_fault::unreadable;
        return std::nullopt;
    }
    std::string point("\x04"); // uncompressed (SEC 1 §2.3.3)
    point.append(x).append(y);
    const builder_handle builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                        SN_X9_62_prime256v1, 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) != 1) {
        why = key_fault::unreadable;
        return std::nullopt;
    }
    return adopt(from_parameters("EC", builder.get()), why);
}

std::optional<public_key> public_key::from_ed25519(std::string_view x, key_fault& why) {
    const quiet errors;
    return adopt(
        handle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size())), why);
}

bool public_key::verify(std::string_view message, std::string_view signature) const noexcept {
    const quiet errors;
    const bool is_rsa = algorithm_ == signature_algorithm::rs256;
    const auto expected =
        is_rsa ? static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())) : 2 * coordinate_bytes;
    if (signature.size() != expected) {
        return false;
    }
    switch (algorithm_) {
    case signature_algorithm::rs256:
        return verify_encoded(key_.get(), EVP_sha256(), message, signature);
    case signature_algorithm::es256:
        return verify_encoded(key_.get(), EVP_sha256(), message, der_signature(signature).view());
    case signature_algorithm::eddsa:
        break;
    }
    return verify_encoded(key_.get(), nullptr, message, signature); // Ed25519 has its own digest
}

} // namespace sluice::crypto
