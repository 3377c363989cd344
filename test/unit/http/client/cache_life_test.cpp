#include "http/client/cache_life.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

using sluice::http::cache_life;

namespace {

/// -1: the field does not say.
long long life(std::string_view cache_control, std::string_view age = {}) {
    const auto found = cache_life(cache_control, age);
    return found ? static_cast<long long>(found->count()) : -1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cache_life_suite)

BOOST_AUTO_TEST_CASE(directives) {
    BOOST_TEST(life("") == -1);
    BOOST_TEST(life("public") == -1);
    BOOST_TEST(life("max-age") == -1);
    BOOST_TEST(life("s-maxage=10") == -1);
    BOOST_TEST(life("max-age=300") == 300);
    BOOST_TEST(life("public, MAX-AGE=300 , must-revalidate") == 300);
    BOOST_TEST(life("max-age=\"300\"") == 300);
    BOOST_TEST(life("max-age=1,max-age=2") == 1);
    BOOST_TEST(life("max-age=300, no-store") == 0);
    BOOST_TEST(life("no-cache") == 0);
    BOOST_TEST(life("max-age=-1") == 0);
    BOOST_TEST(life("max-age=x") == 0);
    BOOST_TEST(life("max-age=99999999999999999999999") == 1LL << 31);
    BOOST_TEST(life(",,,") == -1);
}

BOOST_AUTO_TEST_CASE(age) {
    BOOST_TEST(life("max-age=300", "100") == 200);
    BOOST_TEST(life("max-age=300", "301") == 0);
    BOOST_TEST(life("max-age=300", "x") == 300);
}

BOOST_AUTO_TEST_SUITE_END()
