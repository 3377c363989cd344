#include "crypto/base64url.hpp"
#include "crypto/jws.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

namespace crypto = sluice::crypto;

BOOST_AUTO_TEST_SUITE(jws)

const crypto::hmac_key& key() {
    static const auto made = crypto::hmac_key::make_of_any_size("a key for this file only, 32 up");
    return made;
}

std::string token_of(std::string_view header, std::string_view payload) {
    return crypto::sign_compact(crypto::base64url_encode(header), payload, key());
}

// RFC 7515 A.1: the key, the token, and line breaks inside the JSON that a verifier must not
// change.
BOOST_AUTO_TEST_CASE(rfc_7515_appendix_a1) {
    const auto secret = crypto::base64url_decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
    BOOST_REQUIRE(secret.has_value());
    const auto rfc_key = crypto::hmac_key::make(*secret);
    BOOST_REQUIRE(rfc_key.has_value());
    const std::string header = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9";
    const std::string token =
        header +
        ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        "cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    const auto parts = crypto::compact_jws::split(token);
    BOOST_REQUIRE(parts.has_value());
    BOOST_TEST(parts->encoded_header() == header);
    const auto verified = crypto::verified_jws::verify(*parts, *rfc_key);
    BOOST_REQUIRE(verified.has_value());
    BOOST_TEST(verified->header() == "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}");
    BOOST_TEST(verified->payload() == "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n "
                                      "\"http://example.com/is_root\":true}");
    BOOST_TEST(crypto::sign_compact(header, verified->payload(), *rfc_key) == token);
}

BOOST_AUTO_TEST_CASE(what_is_signed_verifies_at_every_payload_length) {
    for (std::size_t size = 1; size < 300; ++size) {
        const std::string payload(size, 'p');
        const std::string token = token_of("header", payload);
        const auto parts = crypto::compact_jws::split(token);
        BOOST_TEST_CONTEXT("payload of " << size) {
            BOOST_REQUIRE(parts.has_value());
            const auto verified = crypto::verified_jws::verify(*parts, key());
            BOOST_REQUIRE(verified.has_value());
            BOOST_TEST(verified->header() == "header");
            BOOST_TEST(verified->payload() == payload);
        }
    }
}

// docs/security.md, threat 7.
BOOST_AUTO_TEST_CASE(split_refuses_other_shapes) {
    const std::string good = token_of("header", "payload");
    const std::size_t first = good.find('.');
    const std::size_t second = good.find('.', first + 1);
    const std::string signature = good.substr(second + 1);
    const std::array<std::string, 18> hostile{
        "",
        ".",
        "..",
        "...",
        "a",
        "a.b",
        "." + signature,
        ".." + signature,
        good.substr(0, first) + ".." + signature,
        good.substr(first),
        good.substr(0, second),
        good.substr(0, second + 1),
        good + ".",
        good + "." + signature,
        good + "=",
        good.substr(0, good.size() - 1),
        good + "A",
        good.substr(0, second + 1) + " " + signature.substr(1),
    };
    BOOST_REQUIRE(crypto::compact_jws::split(good).has_value());
    for (const auto& token : hostile) {
        BOOST_TEST_CONTEXT(token) {
            BOOST_TEST(!crypto::compact_jws::split(token).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(split_holds_to_the_size_cap) {
    const std::string signature(43, 'A');
    const auto of_size = [&](std::size_t size) {
        return "h." + std::string(size - signature.size() - 3, 'A') + "." + signature;
    };
    BOOST_TEST(of_size(crypto::max_token_bytes).size() == crypto::max_token_bytes);
    BOOST_TEST(crypto::compact_jws::split(of_size(crypto::max_token_bytes)).has_value());
    BOOST_TEST(!crypto::compact_jws::split(of_size(crypto::max_token_bytes + 1)).has_value());
    BOOST_TEST(!crypto::compact_jws::split(of_size(65536)).has_value());
}

BOOST_AUTO_TEST_CASE(the_longest_good_token_fits_the_buffer) {
    const std::size_t room =
        crypto::max_token_bytes - 3 - 43; // two dots, one header character more
    const std::string token = crypto::sign_compact(
        "QQ", std::string(crypto::base64url_decoded_size(room - 1), 'p'), key());
    BOOST_TEST(token.size() <= crypto::max_token_bytes);
    BOOST_TEST(token.size() > crypto::max_token_bytes - 4);
    const auto parts = crypto::compact_jws::split(token);
    BOOST_REQUIRE(parts.has_value());
    BOOST_TEST(crypto::verified_jws::verify(*parts, key()).has_value());
}

BOOST_AUTO_TEST_CASE(a_changed_byte_anywhere_refuses) {
    const std::string good = token_of("header", "payload");
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string token = good;
        token[i] = token[i] == 'A' ? 'B' : 'A';
        const auto parts = crypto::compact_jws::split(token);
        BOOST_TEST_CONTEXT(token) {
            BOOST_TEST((!parts || !crypto::verified_jws::verify(*parts, key()).has_value()));
        }
    }
}

BOOST_AUTO_TEST_CASE(another_key_refuses) {
    const std::string token = token_of("header", "payload");
    const auto parts = crypto::compact_jws::split(token);
    BOOST_REQUIRE(parts.has_value());
    const auto other = crypto::hmac_key::make(std::string(32, 'o'));
    BOOST_TEST(parts->is_signed_by(key()));
    BOOST_TEST(!parts->is_signed_by(*other));
    BOOST_TEST(!crypto::verified_jws::verify(*parts, *other).has_value());
}

BOOST_AUTO_TEST_CASE(signed_parts_that_are_not_canonical_refuse) {
    for (const std::string_view input : {"QR.cGF5", "QQ.cGF5bG8B", "QQ.cGF5=", "Q.cGF5", "QQ.c"}) {
        const crypto::mac_tag tag = key().mac(input);
        std::string token(input);
        token.push_back('.');
        crypto::base64url_append({reinterpret_cast<const char*>(tag.data()), tag.size()}, token);
        const auto parts = crypto::compact_jws::split(token);
        BOOST_TEST_CONTEXT(token) {
            BOOST_REQUIRE(parts.has_value());
            BOOST_TEST(parts->is_signed_by(key()));
            BOOST_TEST(crypto::verified_jws::verify(*parts, key()).has_value() ==
                       (input == "QQ.cGF5bG8B"));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
