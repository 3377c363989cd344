#include "crypto/siphash.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace crypto = sluice::crypto;

BOOST_AUTO_TEST_SUITE(siphash)

// Key 00 01 ... 0f, message 00 01 ... n-1: from the paper's appendix A (n = 15) and the vectors of
// its reference implementation.
BOOST_AUTO_TEST_CASE(vectors) {
    const crypto::siphash_key key{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};
    struct sample {
        std::size_t size;
        std::uint64_t hash;
    };
    const sample samples[] = {
        {0, 0x726fdb47dd0e0e31U}, {1, 0x74f839c593dc67fdU},  {7, 0xab0200f58b01d137U},
        {8, 0x93f5f5799a932462U}, {15, 0xa129ca6149be45e5U}, {16, 0x3f2acc7f57c29bdbU},
    };
    std::string message;
    for (char next = 0; next < 17; ++next) {
        for (const auto& each : samples) {
            if (each.size == message.size()) {
                BOOST_TEST(crypto::siphash(key, message) == each.hash, each.size);
            }
        }
        message += next;
    }
}

BOOST_AUTO_TEST_CASE(keys_differ) {
    const auto one = crypto::random_siphash_key();
    const auto other = crypto::random_siphash_key();
    BOOST_TEST(crypto::siphash(one, "text") != crypto::siphash(other, "text"));
    BOOST_TEST(crypto::siphash(one, "text") == crypto::siphash(one, "text"));
}

BOOST_AUTO_TEST_SUITE_END()
