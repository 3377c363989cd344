#include "crypto/base64url.hpp"
#include "crypto/public_jws.hpp"
#include "crypto/public_key.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace crypto = sluice::crypto;
using crypto::key_fault;
using crypto::signature_algorithm;

namespace {

struct free_key {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using private_key = std::unique_ptr<EVP_PKEY, free_key>;

std::string decoded(std::string_view text) {
    const auto bytes = crypto::base64url_decode(text);
    BOOST_REQUIRE(bytes.has_value());
    return *bytes;
}

std::string public_pem(const private_key& key) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
    BOOST_REQUIRE(PEM_write_bio_PUBKEY(out.get(), key.get()) == 1);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

std::string signature_of(const private_key& key, const EVP_MD* digest, std::string_view message,
                         int padding = 0) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;
    BOOST_REQUIRE(EVP_DigestSignInit(context.get(), &options, digest, nullptr, key.get()) == 1);
    if (padding != 0) {
        BOOST_REQUIRE(EVP_PKEY_CTX_set_rsa_padding(options, padding) == 1);
    }
    const auto* const bytes = reinterpret_cast<const unsigned char*>(message.data());
    std::size_t size = 0;
    BOOST_REQUIRE(EVP_DigestSign(context.get(), nullptr, &size, bytes, message.size()) == 1);
    std::string signature(size, '\0');
    BOOST_REQUIRE(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                 &size, bytes, message.size()) == 1);
    signature.resize(size);
    return signature;
}

std::optional<crypto::public_key> read(std::string_view pem, key_fault expected = key_fault::none) {
    auto why = key_fault::none;
    auto key = crypto::public_key::from_pem(pem, why);
    BOOST_TEST(key.has_value() == (expected == key_fault::none));
    BOOST_TEST((why == expected));
    return key;
}

constexpr std::string_view rsa_modulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4"
    "QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdb"
    "BYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-D"
    "WNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr std::string_view rfc_7515_payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0"
                                              "dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

} // namespace

BOOST_AUTO_TEST_SUITE(public_key)

// RFC 7515 A.2.
BOOST_AUTO_TEST_CASE(rs256_of_the_rfc) {
    auto why = key_fault::none;
    const auto key = crypto::public_key::from_rsa(decoded(rsa_modulus), decoded("AQAB"), why);
    BOOST_REQUIRE(key.has_value());
    BOOST_TEST(crypto::name_of(key->algorithm()) == "RS256");
    const std::string token =
        "eyJhbGciOiJSUzI1NiJ9." + std::string(rfc_7515_payload) +
        ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2"
        "Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQ"
        "BMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
        "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeY"
        "I2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    const auto verified = crypto::public_jws::verify(token, *key);
    BOOST_REQUIRE(verified.has_value());
    BOOST_TEST(verified->header() == R"({"alg":"RS256"})");
    BOOST_TEST(verified->payload().starts_with(R"({"iss":"joe",)"));
}

// RFC 7515 A.3.
BOOST_AUTO_TEST_CASE(es256_of_the_rfc) {
    auto why = key_fault::none;
    const auto key =
        crypto::public_key::from_p256(decoded("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                                      decoded("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"), why);
    BOOST_REQUIRE(key.has_value());
    BOOST_TEST(crypto::name_of(key->algorithm()) == "ES256");
    const std::string token = "eyJhbGciOiJFUzI1NiJ9." + std::string(rfc_7515_payload) +
                              ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApm"
                              "WQxfKTUJqPP3-Kg6NU1Q";
    BOOST_TEST(crypto::public_jws::verify(token, *key).has_value());
}

// RFC 8037 A.4.
BOOST_AUTO_TEST_CASE(ed25519_of_the_rfc) {
    auto why = key_fault::none;
    const auto key = crypto::public_key::from_ed25519(
        decoded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"), why);
    BOOST_REQUIRE(key.has_value());
    BOOST_TEST(crypto::name_of(key->algorithm()) == "EdDSA");
    const std::string token =
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGc"
        "vMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    const auto verified = crypto::public_jws::verify(token, *key);
    BOOST_REQUIRE(verified.has_value());
    BOOST_TEST(verified->payload() == "Example of Ed25519 signing");
}

BOOST_AUTO_TEST_CASE(what_each_kind_of_key_signs_verifies_by_its_pem) {
    struct row {
        const char* what;
        private_key key;
        const EVP_MD* digest;
        signature_algorithm expected;
    };
    std::array<row, 2> rows{{
        {"RSA 2048", private_key(EVP_RSA_gen(2048)), EVP_sha256(), signature_algorithm::rs256},
        {"Ed25519", private_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")), nullptr,
         signature_algorithm::eddsa},
    }};
    for (const auto& one : rows) {
        BOOST_TEST_CONTEXT(one.what) {
            const auto key = read(public_pem(one.key));
            BOOST_REQUIRE(key.has_value());
            BOOST_TEST((key->algorithm() == one.expected));
            auto signature = signature_of(one.key, one.digest, "message");
            BOOST_TEST(key->verify("message", signature));
            BOOST_TEST(!key->verify("messagf", signature));
            BOOST_TEST(!key->verify("message", std::string_view(signature).substr(1)));
            BOOST_TEST(!key->verify("message", signature + '\0'));
            BOOST_TEST(!key->verify("message", ""));
            for (std::size_t i = 0; i < signature.size(); i += 7) {
                signature[i] = static_cast<char>(signature[i] ^ 1);
                BOOST_TEST(!key->verify("message", signature));
                signature[i] = static_cast<char>(signature[i] ^ 1);
            }
        }
    }
}

// PSS, another digest and a raw private operation are other algorithms (RFC 8725 §3.1).
BOOST_AUTO_TEST_CASE(rsa_takes_one_padding_and_one_digest) {
    const private_key rsa(EVP_RSA_gen(2048));
    const auto key = read(public_pem(rsa));
    BOOST_REQUIRE(key.has_value());
    BOOST_TEST(!key->verify("m", signature_of(rsa, EVP_sha1(), "m")));
    BOOST_TEST(!key->verify("m", signature_of(rsa, EVP_sha512(), "m")));
    BOOST_TEST(!key->verify("m", signature_of(rsa, EVP_sha256(), "m", RSA_PKCS1_PSS_PADDING)));
    BOOST_TEST(!key->verify("m", std::string(256, '\0')));
    BOOST_TEST(!key->verify("m", std::string(256, '\xff')));
}

BOOST_AUTO_TEST_CASE(ecdsa_takes_raw_pairs_within_the_order_only) {
    const private_key ec(EVP_EC_gen("P-256"));
    const auto key = read(public_pem(ec));
    BOOST_REQUIRE(key.has_value());
    const auto der = signature_of(ec, EVP_sha256(), "m");
    BOOST_TEST(!key->verify("m", der)); // DER is how X.509 writes it, not JWS
    const std::string zero(32, '\0');
    const std::string order =
        decoded("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE"); // n of P-256 (FIPS 186-4 D.1.2.3)
    auto one = zero; // g++ 12 warns of std::string(31, '\0') + '\1' (GCC bug 105329)
    one.back() = '\1';
    for (const auto& r : {zero, one, order, std::string(32, '\xff')}) {
        for (const auto& s : {zero, one, order, std::string(32, '\xff')}) {
            BOOST_TEST(!key->verify("m", r + s)); // CVE-2022-21449 among them
        }
    }
}

// S + L verifies when the range of S is not checked (RFC 8032 §5.1.7).
BOOST_AUTO_TEST_CASE(ed25519_refuses_the_other_spelling_of_s) {
    const private_key ed(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    const auto key = read(public_pem(ed));
    BOOST_REQUIRE(key.has_value());
    auto signature = signature_of(ed, nullptr, "m");
    BOOST_REQUIRE(key->verify("m", signature));
    constexpr std::array<unsigned char, 32> order{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                                  0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                                  0,    0,    0,    0,    0,    0,    0,    0,
                                                  0,    0,    0,    0,    0,    0,    0,    0x10};
    unsigned carry = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        carry += static_cast<unsigned char>(signature[32 + i]) + order[i];
        signature[32 + i] = static_cast<char>(carry & 0xff);
        carry >>= 8;
    }
    BOOST_TEST(!key->verify("m", signature));
}

BOOST_AUTO_TEST_CASE(other_keys_are_refused_with_the_reason) {
    read(public_pem(private_key(EVP_RSA_gen(1024))), key_fault::bad_size);
    read(public_pem(private_key(EVP_EC_gen("P-384"))), key_fault::unsupported);
    read(public_pem(private_key(EVP_EC_gen("secp256k1"))), key_fault::unsupported);
    read(public_pem(private_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"))),
         key_fault::unsupported);
    read(public_pem(private_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"))),
         key_fault::unsupported);
    const auto pem = public_pem(private_key(EVP_EC_gen("P-256")));
    read("", key_fault::unreadable);
    read("hello", key_fault::unreadable);
    read(pem + pem, key_fault::unreadable);
    read("# key\n" + pem, key_fault::unreadable);
    read(pem.substr(0, pem.size() / 2), key_fault::unreadable);
    read("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", key_fault::unreadable);
    read("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", key_fault::is_private);
    read(pem + "-----BEGIN EC PRIVATE KEY-----\n", key_fault::is_private);
    read("\n" + pem + "\r\n \n");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_no_key_are_refused) {
    auto why = key_fault::none;
    const auto n = decoded(rsa_modulus);
    BOOST_TEST(!crypto::public_key::from_rsa(n, decoded("AQ"), why)); // exponent 1: anyone signs
    BOOST_TEST(!crypto::public_key::from_rsa(n, decoded("BA"), why)); // even
    BOOST_TEST(!crypto::public_key::from_rsa(n, "", why));
    BOOST_TEST(!crypto::public_key::from_rsa(n.substr(0, 128), decoded("AQAB"), why));
    BOOST_TEST((why == key_fault::bad_size));
    BOOST_TEST(!crypto::public_key::from_rsa(std::string(2048, '\x7f'), decoded("AQAB"), why));
    const std::string off(32, '\1');
    BOOST_TEST(!crypto::public_key::from_p256(off, off, why)); // not on the curve
    BOOST_TEST(!crypto::public_key::from_p256(off.substr(1), off, why));
    BOOST_TEST(!crypto::public_key::from_p256(std::string(32, '\0'), std::string(32, '\0'), why));
    BOOST_TEST(!crypto::public_key::from_ed25519(off.substr(1), why));
    BOOST_TEST(!crypto::public_key::from_ed25519("", why));
}

BOOST_AUTO_TEST_CASE(a_token_is_three_parts_of_canonical_base64url) {
    const private_key ed(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    const auto key = read(public_pem(ed));
    BOOST_REQUIRE(key.has_value());
    const auto token_of = [&](const std::string& input) {
        return input + "." + crypto::base64url_encode(signature_of(ed, nullptr, input));
    };
    BOOST_TEST(crypto::public_jws::verify(token_of("e30.e30"), *key).has_value());
    for (const auto* input :
         {"e30", "", ".", "e30.", ".e30", "e30.e30.e30", "e3==.e30", "e30.e31"}) {
        BOOST_TEST_CONTEXT(input) {
            BOOST_TEST(!crypto::public_jws::verify(token_of(input), *key).has_value());
        }
    }
    BOOST_TEST(!crypto::public_jws::verify(token_of("e30." + std::string(5000, 'a')), *key));
    BOOST_TEST(!crypto::public_jws::verify("", *key));
    BOOST_TEST(!crypto::public_jws::verify("..", *key));
}

BOOST_AUTO_TEST_SUITE_END()
