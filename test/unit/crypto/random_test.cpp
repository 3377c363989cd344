#include "crypto/base64url.hpp"
#include "crypto/random.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace crypto = sluice::crypto;

BOOST_AUTO_TEST_SUITE(random_values)

BOOST_AUTO_TEST_CASE(gives_as_many_bytes_as_asked) {
    for (const std::size_t count : {0U, 1U, 16U, 1000U}) {
        BOOST_TEST(crypto::random_bytes(count).size() == count);
    }
}

BOOST_AUTO_TEST_CASE(token_ids_are_128_bits_and_differ) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string id = crypto::random_token_id();
        BOOST_TEST(id.size() == 22U);
        const auto bytes = crypto::base64url_decode(id);
        BOOST_REQUIRE(bytes.has_value());
        BOOST_TEST(bytes->size() == 16U);
        seen.insert(id);
    }
    BOOST_TEST(seen.size() == 1000U);
}

BOOST_AUTO_TEST_SUITE_END()
