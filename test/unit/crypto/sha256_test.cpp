#include "crypto/base64url.hpp"
#include "crypto/sha256.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice::crypto;

BOOST_AUTO_TEST_SUITE(sha256_suite)

// FIPS 180-4's examples, as published with the secure hash standard.
BOOST_AUTO_TEST_CASE(published_examples) {
    const auto hashed = [](std::string_view text) {
        const auto digest = sha256(text);
        return base64url_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
    };
    BOOST_TEST(hashed("") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    BOOST_TEST(hashed("abc") == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}

BOOST_AUTO_TEST_SUITE_END()
