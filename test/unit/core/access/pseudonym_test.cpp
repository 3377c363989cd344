#include "core/access/pseudonym.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>

using namespace sluice;

namespace {

std::string name_of(std::string_view user, std::string_view key) {
    const auto name = core::pseudonyms(crypto::hmac_key::make(key).value()).of(user);
    return {name.data(), name.size()};
}

constexpr std::string_view key_a = "0123456789abcdef0123456789abcdef";
constexpr std::string_view key_b = "0123456789abcdef0123456789abcdeF";

} // namespace

BOOST_AUTO_TEST_SUITE(pseudonym)

// Made by Python's hmac: a change of the derivation would break the continuity of every site's
// logs.
BOOST_AUTO_TEST_CASE(the_name_is_a_promise) {
    BOOST_TEST(name_of("trainer123", key_a) == "49d02961686c569c");
    BOOST_TEST(name_of("", key_a) == "72e9c87cd41acacc");
}

BOOST_AUTO_TEST_CASE(users_and_sites_differ) {
    BOOST_TEST(name_of("trainer123", key_a) != name_of("trainer124", key_a));
    BOOST_TEST(name_of("trainer123", key_a) != name_of("trainer123", key_b));
}

BOOST_AUTO_TEST_CASE(the_cache_says_what_it_was_told) {
    const core::pseudonyms a(crypto::hmac_key::make(key_a).value());
    const core::pseudonyms b(crypto::hmac_key::make(key_b).value());
    core::pseudonym_cache seen;
    // More users than places, twice, the second time in part from the cache.
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 1'000; ++i) {
            const auto user = "user" + std::to_string(i % 600);
            BOOST_REQUIRE((seen.of(user, a) == a.of(user)));
        }
    }
    // Keys that change, and change back, as by reloads.
    for (const auto* const names : {&b, &a, &b}) {
        BOOST_TEST((seen.of("user1", *names) == names->of("user1")));
        BOOST_TEST((seen.of("user1", *names) == names->of("user1")));
    }
    // Ids at and beyond the cached size, with a common prefix of that size.
    for (const std::size_t size : {46U, 47U, 48U, 300U}) {
        const std::string user(size, 'u');
        BOOST_TEST((seen.of(user, a) == a.of(user)));
        BOOST_TEST((seen.of(user, a) == a.of(user)));
        BOOST_TEST((seen.of(user + "x", a) == a.of(user + "x")));
    }
}

BOOST_AUTO_TEST_SUITE_END()
