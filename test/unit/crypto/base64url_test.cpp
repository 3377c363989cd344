#include "crypto/base64url.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <utility>

namespace crypto = sluice::crypto;

BOOST_AUTO_TEST_SUITE(base64url)

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

BOOST_AUTO_TEST_CASE(rfc_4648_section_10) {
    const std::array<std::pair<std::string_view, std::string_view>, 8> vectors{{
        {"", ""},
        {"f", "Zg"},
        {"fo", "Zm8"},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg"},
        {"fooba", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "-__-"}, // the two characters that set base64url apart (§5)
    }};
    for (const auto& [bytes, text] : vectors) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(crypto::base64url_encode(bytes) == text);
            BOOST_TEST(crypto::base64url_encoded_size(bytes.size()) == text.size());
            BOOST_TEST(crypto::base64url_decoded_size(text.size()) == bytes.size());
            const auto decoded = crypto::base64url_decode(text);
            BOOST_REQUIRE(decoded.has_value());
            BOOST_TEST(*decoded == bytes);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_byte_value_round_trips_at_every_length) {
    std::string bytes;
    for (int value = 0; value < 256; ++value) {
        bytes.push_back(static_cast<char>(value));
        const auto decoded = crypto::base64url_decode(crypto::base64url_encode(bytes));
        BOOST_TEST_CONTEXT("length " << bytes.size()) {
            BOOST_REQUIRE(decoded.has_value());
            BOOST_TEST((*decoded == bytes));
        }
    }
}

// A long text is decoded in blocks (crypto/base64url_blocks): at each place, each byte means what
// it means in a short text.
BOOST_AUTO_TEST_CASE(each_byte_at_each_place_of_a_long_text) {
    const std::string bytes = "The quick brown fox jumps over the lazy dog, and on.";
    const auto text = crypto::base64url_encode(bytes); // three blocks, and more
    std::string guarded(crypto::base64url_decoded_size(text.size()) + 1, '#');
    for (std::size_t at = 0; at + 4 < text.size(); ++at) {
        for (int value = 0; value < 256; ++value) {
            auto changed = text;
            changed[at] = static_cast<char>(value);
            const auto group = crypto::base64url_decode(changed.substr(at / 4 * 4, 4));
            auto wanted = bytes;
            wanted.replace(at / 4 * 3, 3, group.value_or(""));
            const auto size = crypto::base64url_decode(changed, guarded.data());
            if (size.has_value() != group.has_value() || guarded.back() != '#' ||
                (size && guarded.substr(0, *size) != wanted)) {
                BOOST_ERROR("byte " << value << " at " << at);
            }
        }
    }
}

// A long text is encoded in blocks, and three bytes alone are not: every group of three bytes must
// look the same at every place.
BOOST_AUTO_TEST_CASE(a_long_text_is_encoded_like_its_parts) {
    std::mt19937 random(1); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same bytes in each run
    for (std::size_t groups = 1; groups < 40; ++groups) {
        std::string bytes;
        std::string wanted;
        for (std::size_t i = 0; i < groups; ++i) {
            std::string group(3, '\0');
            std::ranges::generate(group, [&] { return static_cast<char>(random() & 0xFFU); });
            bytes += group;
            wanted += crypto::base64url_encode(group);
        }
        BOOST_TEST(crypto::base64url_encode(bytes) == wanted);
        for (const std::string tail : {"a", "ab"}) {
            BOOST_TEST(crypto::base64url_encode(bytes + tail) ==
                       wanted + crypto::base64url_encode(tail));
        }
    }
}

BOOST_AUTO_TEST_CASE(append_keeps_what_is_there) {
    std::string text = "header.";
    crypto::base64url_append("foob", text);
    BOOST_TEST(text == "header.Zm9vYg");
}

BOOST_AUTO_TEST_CASE(refuses_every_text_that_is_not_canonical) {
    const std::array<std::string_view, 19> hostile{
        "Z",       "Zm9vZ", "Zg==",     "Zm8=",     "Zm9v=",    "Zm9v\n", "Zm9v ",
        " Zm9v",   "Zm 9v", "Zm9+",     "Zm9/",     "Zm9.",     "Zm9,",   "Zm9\xff",
        "Zm9v!m8", "=",     "Zm9vYg\t", "\xc3\xa9", "Zm9*Zm9v",
    };
    for (const auto text : hostile) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!crypto::base64url_decode(text).has_value());
        }
    }
    BOOST_TEST(!crypto::base64url_decode(std::string_view("Zm9\0", 4)).has_value());
}

// docs/security.md, threat 7: the bits of the last character that no byte uses must be zero.
BOOST_AUTO_TEST_CASE(of_all_last_characters_only_the_canonical_ones_decode) {
    int one_byte = 0;
    int two_bytes = 0;
    for (const char last : alphabet) {
        one_byte += crypto::base64url_decode(std::string("Z") + last).has_value() ? 1 : 0;
        two_bytes += crypto::base64url_decode(std::string("Zm") + last).has_value() ? 1 : 0;
    }
    BOOST_TEST(one_byte == 4);
    BOOST_TEST(two_bytes == 16);
}

BOOST_AUTO_TEST_CASE(only_the_alphabet_decodes_at_any_position) {
    for (int value = 0; value < 256; ++value) {
        const char c = static_cast<char>(value);
        const bool good = c != '\0' && alphabet.find(c) != std::string_view::npos;
        for (std::size_t position = 0; position < 4; ++position) {
            std::string text = "AAAA";
            text[position] = c;
            BOOST_TEST_CONTEXT("byte " << value << " at " << position) {
                BOOST_TEST(crypto::base64url_decode(text).has_value() == good);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(writes_no_byte_beyond_the_decoded_size) {
    std::array<char, 5> out{'.', '.', '.', '.', '.'};
    const auto written = crypto::base64url_decode("Zm9vYg", out.data());
    BOOST_REQUIRE(written.has_value());
    BOOST_TEST(*written == 4U);
    BOOST_TEST(std::string_view(out.data(), out.size()) == "foob.");
}

BOOST_AUTO_TEST_SUITE_END()
