#include "crypto/public_key_bytes.hpp"
#include "test/support/key_pair.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;
using test::key_pair;

BOOST_AUTO_TEST_SUITE(public_key_bytes_suite)

BOOST_AUTO_TEST_CASE(a_public_key_is_recognised_in_every_spelling) {
    for (const auto& pair : {key_pair::rsa(2048), key_pair::ec("P-256"), key_pair::ed25519()}) {
        BOOST_TEST(crypto::looks_like_public_key(pair.pem()));
        BOOST_TEST(crypto::looks_like_public_key(pair.der()));
    }
    BOOST_TEST(crypto::looks_like_public_key(key_pair::rsa(2048).pkcs1()));
}

BOOST_AUTO_TEST_CASE(random_bytes_are_none) {
    BOOST_TEST(!crypto::looks_like_public_key(std::string(64, 'x')));
    BOOST_TEST(!crypto::looks_like_public_key(""));
}

BOOST_AUTO_TEST_SUITE_END()
