#include "core/pseudonym.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

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

// Made by Python's hmac: a change of the derivation would tear every site's logs apart.
BOOST_AUTO_TEST_CASE(the_name_is_a_promise) {
    BOOST_TEST(name_of("trainer123", key_a) == "49d02961686c569c");
    BOOST_TEST(name_of("", key_a) == "72e9c87cd41acacc");
}

BOOST_AUTO_TEST_CASE(users_and_sites_differ) {
    BOOST_TEST(name_of("trainer123", key_a) != name_of("trainer124", key_a));
    BOOST_TEST(name_of("trainer123", key_a) != name_of("trainer123", key_b));
}

BOOST_AUTO_TEST_SUITE_END()
