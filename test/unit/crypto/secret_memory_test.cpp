#include "crypto/hmac_sha256.hpp"
#include "crypto/secret_memory.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/crypto.h>

#include <new>
#include <string>
#include <vector>

namespace sluice::crypto {

BOOST_AUTO_TEST_SUITE(secret_memory)

BOOST_AUTO_TEST_CASE(lies_in_the_secure_heap_and_comes_back) {
    const auto before = CRYPTO_secure_used();
    {
        std::vector<char, secret_allocator<char>> bytes(100, 'x');
        BOOST_TEST(CRYPTO_secure_allocated(bytes.data()) == 1);
        BOOST_TEST(CRYPTO_secure_used() >= before + 100);
    }
    BOOST_TEST(CRYPTO_secure_used() == before);
}

BOOST_AUTO_TEST_CASE(copies_of_a_key_share_one_state) {
    const auto before = CRYPTO_secure_used();
    {
        const auto key = hmac_key::make(std::string(32, 'k')).value();
        const auto used = CRYPTO_secure_used();
        BOOST_TEST(used > before);
        const auto copy = key; // NOLINT(performance-unnecessary-copy-initialization)
        BOOST_TEST(CRYPTO_secure_used() == used);
        BOOST_TEST((copy.mac("m") == key.mac("m")));
    }
    BOOST_TEST(CRYPTO_secure_used() == before);
}

BOOST_AUTO_TEST_CASE(a_full_heap_is_no_memory) {
    std::vector<hmac_key> keys;
    BOOST_CHECK_THROW(
        for (int i = 0; i < 100'000;
             ++i) { keys.push_back(hmac_key::make(std::string(32, 'k')).value()); },
        std::bad_alloc);
    BOOST_TEST(keys.size() > 64U); // four generations of sixteen
    keys.clear();
    BOOST_TEST(hmac_key::make(std::string(32, 'k')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::crypto
