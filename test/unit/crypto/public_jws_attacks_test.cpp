#include "crypto/base64url.hpp"
#include "crypto/jws.hpp"
#include "crypto/public_jws.hpp"
#include "test/support/big_numbers.hpp"
#include "test/support/key_pair.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The families of attack are those of C2SP's Wycheproof (json_web_signature, ecdsa_secp256r1_sha256
// in P1363 form, ed25519, rsa_signature_2048_sha256); the keys and tokens are made here.

using namespace sluice;
using test::key_pair;
using test::sum;
using test::unhex;

namespace {

using bytes = std::string;
using named = std::vector<std::pair<const char*, bytes>>;

const bytes input = crypto::base64url_encode(R"({"alg":"X"})") + "." +
                    crypto::base64url_encode(R"({"sub":"anna"})");

/// One algorithm with its key, and signatures by another key of the same kind.
struct scheme {
    const char* name;
    std::function<bytes(std::string_view)> sign;
    std::function<bytes(std::string_view)> sign_as_stranger;
    std::function<bool(std::string_view token)> verify;
};

crypto::public_key public_half(const key_pair& pair) {
    auto why = crypto::key_fault::none;
    auto key = crypto::public_key::from_pem(pair.pem(), why);
    BOOST_TEST_REQUIRE(key.has_value());
    return std::move(*key);
}

scheme of_pairs(const char* name, const key_pair& own, const key_pair& other,
                const std::function<bytes(const key_pair&, std::string_view)>& sign) {
    const auto key = std::make_shared<crypto::public_key>(public_half(own));
    return {name, [=](std::string_view text) { return sign(own, text); },
            [=](std::string_view text) { return sign(other, text); },
            [=](std::string_view token) {
                return crypto::public_jws::verify(token, *key).has_value();
            }};
}

scheme of_secret() {
    const auto mac = [](char fill) {
        return [fill](std::string_view text) {
            const auto tag = crypto::hmac_key::make(bytes(32, fill))->mac(text);
            return bytes(reinterpret_cast<const char*>(tag.data()), tag.size());
        };
    };
    return {"HS256", mac('a'), mac('b'), [](std::string_view token) {
                const auto parts = crypto::compact_jws::split(token);
                return parts &&
                       crypto::verified_jws::verify(*parts, *crypto::hmac_key::make(bytes(32, 'a')))
                           .has_value();
            }};
}

const std::vector<scheme>& schemes() {
    static const std::vector<scheme> all{
        of_secret(),
        of_pairs(
            "RS256", key_pair::rsa(2048), key_pair::rsa(2048),
            [](const key_pair& by, std::string_view text) { return by.sign(text, EVP_sha256()); }),
        of_pairs("ES256", key_pair::ec("P-256"), key_pair::ec("P-256"),
                 [](const key_pair& by, std::string_view text) { return by.sign_raw(text); }),
        of_pairs("EdDSA", key_pair::ed25519(), key_pair::ed25519(),
                 [](const key_pair& by, std::string_view text) { return by.sign(text, nullptr); }),
    };
    return all;
}

bytes token_of(std::string_view text, std::string_view signature) {
    return bytes(text) + "." + crypto::base64url_encode(signature);
}

// FIPS 186-4 D.1.2.3: the order n and the prime p of P-256.
const bytes order_256 = unhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const bytes prime_256 = unhex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
const bytes zero_256(32, '\0');
const bytes one_256 = bytes(31, '\0') + '\1';

void refuse_all(const scheme& by, const named& signatures) {
    BOOST_TEST_REQUIRE(by.verify(token_of(input, by.sign(input))));
    for (const auto& [what, signature] : signatures) {
        BOOST_TEST_CONTEXT(by.name << ": " << what) {
            BOOST_TEST(!by.verify(token_of(input, signature)));
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(public_jws_attacks)

BOOST_AUTO_TEST_CASE(signatures_of_other_bytes) {
    for (const auto& by : schemes()) {
        const auto good = by.sign(input);
        const bytes reversed(good.rbegin(), good.rend());
        refuse_all(by, {
                           {"none", ""},
                           {"one byte", "x"},
                           {"a byte short", good.substr(0, good.size() - 1)},
                           {"its first byte gone", good.substr(1)},
                           {"half of it", good.substr(0, good.size() / 2)},
                           {"a byte more", good + '\0'},
                           {"a zero in front", '\0' + good},
                           {"twice", good + good},
                           {"reversed", reversed},
                           {"all zero", bytes(good.size(), '\0')},
                           {"all ones", bytes(good.size(), '\xff')},
                           {"of another text", by.sign(input + "A")},
                           {"of another key", by.sign_as_stranger(input)},
                           {"of no text", by.sign("")},
                           {"of the header alone", by.sign(input.substr(0, input.find('.')))},
                       });
        for (std::size_t i = 0; i < good.size(); i += 5) {
            auto changed = good;
            changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));
            refuse_all(by, {{"a bit changed", changed}});
        }
    }
}

// A token has one spelling: a second one would evade lists and logs that contain the first.
BOOST_AUTO_TEST_CASE(other_spellings_of_a_good_token) {
    for (const auto& by : schemes()) {
        const auto token = token_of(input, by.sign(input));
        BOOST_TEST_REQUIRE(by.verify(token));
        const auto dot = token.rfind('.');
        const auto with_end = [&](const bytes& end) { return token.substr(0, dot) + "." + end; };
        const auto signature = token.substr(dot + 1);
        auto plus = signature;
        std::ranges::replace(plus, '-', '+');
        std::ranges::replace(plus, '_', '/');
        // The last character of 32, 64 and 256 bytes has unused bits: they must be zero.
        auto alias = signature;
        alias.back() = static_cast<char>(alias.back() + 1);
        const named table{
            {"padded once", token + "="},
            {"padded twice", token + "=="},
            {"a character more", token + "A"},
            {"a group more", token + "AAAA"},
            {"a character less", token.substr(0, token.size() - 1)},
            {"spare bits set", with_end(alias)},
            {"the other alphabet", plus == signature ? with_end("+") : with_end(plus)},
            {"a line feed behind", token + "\n"},
            {"a space in front", " " + token},
            {"a break inside", token.substr(0, dot - 2) + "\r\n" + token.substr(dot - 2)},
            {"a zero behind", token + '\0'},
            {"a fourth part", token + ".x"},
            {"an empty fourth part", token + "."},
            {"an empty part in front", "." + token},
            {"no signature", token.substr(0, dot)},
            {"an empty signature", token.substr(0, dot + 1)},
            {"header and payload exchanged", input.substr(input.find('.') + 1) + "." +
                                                 input.substr(0, input.find('.')) +
                                                 token.substr(dot)},
            {"no header", token.substr(token.find('.'))},
            {"larger than any token", token + bytes(crypto::max_token_bytes, 'A')},
        };
        for (const auto& [what, text] : table) {
            BOOST_TEST_CONTEXT(by.name << ": " << what) {
                BOOST_TEST(!by.verify(text));
            }
        }
    }
}

// A signed token can still be malformed: the parts are decoded strictly after the signature.
BOOST_AUTO_TEST_CASE(badly_formed_and_well_signed) {
    for (const auto& by : schemes()) {
        for (const auto* text : {"", ".", "e30.", ".e30", "e30", "e30=.e30", "e30.e30=", "e31.e30",
                                 "e30.e3", "e30.e30.e30", "e30 .e30", "e30.e+0/"}) {
            BOOST_TEST_CONTEXT(by.name << ": " << text) {
                BOOST_TEST(!by.verify(token_of(text, by.sign(text))));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(es256_pairs) {
    const auto pair = key_pair::ec("P-256");
    const auto by =
        of_pairs("ES256", pair, key_pair::ec("P-256"),
                 [](const key_pair& key, std::string_view text) { return key.sign_raw(text); });
    const auto good = by.sign(input);
    const auto r = good.substr(0, 32);
    const auto s = good.substr(32);
    named table{
        {"DER, as X.509 has it", pair.sign(input, EVP_sha256())},
        {"r and s exchanged", s + r},
        {"r without its first byte", good.substr(1)},
        {"r and s of 33 bytes", '\0' + r + '\0' + s},
        {"as wide as P-384", bytes(16, '\0') + r + bytes(16, '\0') + s},
        {"as wide as P-521", bytes(34, '\0') + r + bytes(34, '\0') + s},
        {"of P-384", key_pair::ec("P-384").sign(input, EVP_sha384())},
        {"over SHA-384", pair.sign(input, EVP_sha384())},
        {"-r", sum(order_256, r, true) + s},
    };
    // CVE-2022-21449 was r = s = 0; the others are variations of it.
    const named edges{{"0", zero_256},
                      {"1", one_256},
                      {"n", order_256},
                      {"n - 1", sum(order_256, one_256, true)},
                      {"n + 1", sum(order_256, one_256)},
                      {"p", prime_256},
                      {"2^256 - 1", bytes(32, '\xff')}};
    for (const auto& [what, edge] : edges) {
        table.emplace_back(what, edge + s);
        table.emplace_back(what, r + edge);
        for (const auto& each : edges) {
            table.emplace_back(what, edge + each.second);
        }
    }
    refuse_all(by, table);
    // A property of ECDSA: when (r, s) is valid, so is (r, n - s). RFC 7518 does not prescribe one
    // of the two, so third-party signers make either; nothing here uses the bytes of a session
    // token as its name.
    BOOST_TEST(by.verify(token_of(input, r + sum(order_256, s, true))));
    // r + n and s + n are equivalent on the curve, and may fit when r or s is small.
    for (int i = 0; i < 200; ++i) {
        const auto text = input + std::to_string(1000 + i);
        const auto each = by.sign(text);
        for (const auto& other : {sum(each.substr(0, 32), order_256) + each.substr(32),
                                  each.substr(0, 32) + sum(each.substr(32), order_256)}) {
            BOOST_TEST(!by.verify(token_of(text, other)));
        }
    }
}

BOOST_AUTO_TEST_CASE(rs256_numbers_and_paddings) {
    const auto pair = key_pair::rsa(2048);
    const auto by = of_pairs(
        "RS256", pair, key_pair::rsa(2048),
        [](const key_pair& key, std::string_view text) { return key.sign(text, EVP_sha256()); });
    refuse_all(by, {
                       {"PSS", pair.sign(input, EVP_sha256(), RSA_PKCS1_PSS_PADDING)},
                       {"over SHA-1", pair.sign(input, EVP_sha1())},
                       {"over SHA-384", pair.sign(input, EVP_sha384())},
                       {"over SHA-512", pair.sign(input, EVP_sha512())},
                       {"of a key of 1024 bits", key_pair::rsa(1024).sign(input, EVP_sha256())},
                       {"of a key of 3072 bits", key_pair::rsa(3072).sign(input, EVP_sha256())},
                       {"one", bytes(255, '\0') + '\1'},
                       {"the modulus", pair.modulus()},
                       {"the modulus less one", sum(pair.modulus(), one_256, true)},
                   });
    // s + n is equivalent in RSA; it fits when s and n are small enough.
    std::size_t tried = 0;
    for (int i = 0; i < 60; ++i) {
        const auto text = input + std::to_string(1000 + i);
        const auto other = sum(by.sign(text), pair.modulus());
        tried += other.empty() ? 0 : 1;
        BOOST_TEST(!by.verify(token_of(text, other)));
    }
    BOOST_TEST_MESSAGE(tried << " signatures had a second number of 256 bytes");
    for (const unsigned bits : {512U, 1024U, 2040U, 2047U}) {
        auto why = crypto::key_fault::none;
        BOOST_TEST(!crypto::public_key::from_pem(key_pair::rsa(bits).pem(), why), bits);
        BOOST_TEST((why == crypto::key_fault::bad_size));
    }
}

BOOST_AUTO_TEST_CASE(eddsa_points_and_scalars) {
    const auto pair = key_pair::ed25519();
    const auto by = of_pairs(
        "EdDSA", pair, key_pair::ed25519(),
        [](const key_pair& key, std::string_view text) { return key.sign(text, nullptr); });
    const auto good = by.sign(input);
    const auto r = good.substr(0, 32);
    const auto s = good.substr(32);
    const bytes order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    const auto plus_order = [&](bytes number) {
        std::ranges::reverse(number);
        bytes big = sum(number, bytes(order.rbegin(), order.rend()));
        std::ranges::reverse(big);
        return big;
    };
    const bytes neutral = '\1' + bytes(31, '\0');
    refuse_all(
        by, {
                {"S + L", r + plus_order(s)},
                {"S + 2L", r + plus_order(plus_order(s))},
                {"S = L", r + order},
                {"S = 0", r + zero_256},
                {"R = 1, S = 0", neutral + zero_256},
                {"R = 0, S = 0", zero_256 + zero_256},
                {"R is no point", bytes(31, '\xff') + '\x7f' + s},
                {"the sign of R changed", r.substr(0, 31) + static_cast<char>(r[31] ^ '\x80') + s},
                {"R and S exchanged", s + r},
                {"of 57 and 57 bytes, as Ed448", good + bytes(50, '\0')},
            });
}

// Such keys verify forged signatures, so they are rejected.
BOOST_AUTO_TEST_CASE(ed25519_keys_of_small_order) {
    for (const auto* y : {"0000000000000000000000000000000000000000000000000000000000000000",
                          "0100000000000000000000000000000000000000000000000000000000000000",
                          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
        auto point = unhex(y);
        for (int sign = 0; sign < 2; ++sign) {
            auto why = crypto::key_fault::none;
            BOOST_TEST(!crypto::public_key::from_ed25519(point, why).has_value(), y);
            point[31] = static_cast<char>(point[31] ^ '\x80');
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
