#include "crypto/hmac_sha256.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <random>
#include <string>
#include <string_view>

namespace crypto = sluice::crypto;

BOOST_AUTO_TEST_SUITE(hmac_sha256)

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        unsigned value = 0;
        std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
        bytes.push_back(static_cast<char>(static_cast<unsigned char>(value)));
    }
    return bytes;
}

std::string to_text(const crypto::mac_tag& tag) {
    return {tag.begin(), tag.end()};
}

std::string mac_by_openssl(std::string_view key, std::string_view message) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> tag{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), tag.data(), &size);
    return {tag.begin(), tag.begin() + size};
}

// RFC 4231 §4.2 to §4.8; the fifth is published cut to 128 bits.
BOOST_AUTO_TEST_CASE(rfc_4231) {
    struct vector {
        std::string key;
        std::string data;
        std::string_view tag;
    };
    const std::array<vector, 7> vectors{{
        {std::string(20, '\x0b'), "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {std::string(20, '\xaa'), std::string(50, '\xdd'),
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {from_hex("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'),
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {std::string(20, '\x0c'), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b"},
        {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {std::string(131, '\xaa'),
         "This is a test using a larger than block-size key and a larger than block-size data. "
         "The key needs to be hashed before being used by the HMAC algorithm.",
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    }};
    for (const auto& [key, data, hex] : vectors) {
        BOOST_TEST_CONTEXT(data) {
            const std::string expected = from_hex(hex);
            const auto tag = crypto::hmac_key::make_of_any_size(key).mac(data);
            BOOST_TEST((to_text(tag).substr(0, expected.size()) == expected));
        }
    }
}

BOOST_AUTO_TEST_CASE(agrees_with_openssl_for_random_keys_and_lengths) {
    std::mt19937 generator(20240229); // a fixed seed: a failure must be reproducible
    const auto random_text = [&generator](std::size_t size) {
        std::uniform_int_distribution<int> byte(0, 255);
        std::string text(size, '\0');
        std::ranges::generate(text, [&] { return static_cast<char>(byte(generator)); });
        return text;
    };
    std::uniform_int_distribution<std::size_t> key_size(0, 200);
    std::uniform_int_distribution<std::size_t> message_size(0, 5000);
    for (int round = 0; round < 1000; ++round) {
        const std::string key = random_text(key_size(generator));
        const std::string message = random_text(message_size(generator));
        const auto tag = crypto::hmac_key::make_of_any_size(key).mac(message);
        BOOST_TEST_CONTEXT("key " << key.size() << ", message " << message.size()) {
            BOOST_TEST((to_text(tag) == mac_by_openssl(key, message)));
        }
    }
}

BOOST_AUTO_TEST_CASE(agrees_with_openssl_around_block_borders) {
    for (std::size_t size = 0; size <= 200; ++size) {
        const std::string text(size, 'x');
        BOOST_TEST_CONTEXT("length " << size) {
            BOOST_TEST((to_text(crypto::hmac_key::make_of_any_size("key").mac(text)) ==
                        mac_by_openssl("key", text)));
            BOOST_TEST((to_text(crypto::hmac_key::make_of_any_size(text).mac("message")) ==
                        mac_by_openssl(text, "message")));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_start_that_is_expected_changes_no_tag) {
    const auto plain = crypto::hmac_key::make_of_any_size("key");
    for (const std::size_t expected : {0U, 63U, 64U, 65U, 128U}) {
        const auto key = plain.expecting(std::string(expected, 'x'));
        const auto again = key.expecting("short").expecting(std::string(expected, 'x'));
        for (std::size_t size = 0; size <= 200; ++size) {
            BOOST_TEST_CONTEXT("start " << expected << ", length " << size) {
                std::string text(size, 'x');
                BOOST_TEST((to_text(key.mac(text)) == mac_by_openssl("key", text)));
                BOOST_TEST((to_text(again.mac(text)) == mac_by_openssl("key", text)));
                if (!text.empty()) {
                    text[std::min<std::size_t>(size, 64) - 1] = 'y'; // the last byte that counts
                    BOOST_TEST((to_text(key.mac(text)) == mac_by_openssl("key", text)));
                }
            }
        }
    }
}

// docs/security.md, threat 8.
BOOST_AUTO_TEST_CASE(a_key_has_at_least_32_bytes) {
    for (const std::size_t size : {0U, 1U, 8U, 31U}) {
        BOOST_TEST(!crypto::hmac_key::make(std::string(size, 'k')).has_value());
    }
    BOOST_TEST(crypto::hmac_key::make(std::string(32, 'k')).has_value());
    BOOST_TEST(crypto::hmac_key::make(std::string(1000, 'k')).has_value());
}

BOOST_AUTO_TEST_CASE(a_copy_and_a_second_use_give_the_same_tag) {
    const auto key = crypto::hmac_key::make(std::string(32, 'k'));
    BOOST_REQUIRE(key.has_value());
    const crypto::hmac_key copy = *key;
    const auto tag = key->mac("message");
    BOOST_TEST((copy.mac("message") == tag));
    BOOST_TEST((key->mac("message") == tag));
    BOOST_TEST((key->mac("messagf") != tag));
}

// docs/security.md, threat 39: every bit of the tag matters.
BOOST_AUTO_TEST_CASE(verify_refuses_any_other_tag) {
    const auto key = crypto::hmac_key::make(std::string(32, 'k'));
    BOOST_REQUIRE(key.has_value());
    const std::string tag = to_text(key->mac("message"));
    BOOST_TEST(key->verify("message", tag));
    BOOST_TEST(!key->verify("Message", tag));
    BOOST_TEST(!key->verify("message", ""));
    BOOST_TEST(!key->verify("message", tag.substr(0, 31)));
    BOOST_TEST(!key->verify("message", tag + '\0'));
    for (std::size_t bit = 0; bit < tag.size() * 8; ++bit) {
        std::string wrong = tag;
        wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
        BOOST_TEST_CONTEXT("bit " << bit) {
            BOOST_TEST(!key->verify("message", wrong));
        }
    }
}

BOOST_AUTO_TEST_CASE(equality) {
    BOOST_TEST(crypto::equal_in_constant_time("", ""));
    BOOST_TEST(crypto::equal_in_constant_time("abc", "abc"));
    BOOST_TEST(!crypto::equal_in_constant_time("abc", "abd"));
    BOOST_TEST(!crypto::equal_in_constant_time("abc", "ab"));
    BOOST_TEST(!crypto::equal_in_constant_time("", "a"));
}

BOOST_AUTO_TEST_SUITE_END()
