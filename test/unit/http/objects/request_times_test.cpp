#include "http/objects/request_times.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice::http;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(request_times_suite)

BOOST_AUTO_TEST_CASE(a_time_is_counted_below_the_first_bound_that_is_not_less) {
    request_times times;
    for (const auto one : {0us, 256us, 257us, 512us, 8388608us, 9000000us}) {
        times.observe(one);
    }
    BOOST_TEST(request_times::bound(0) == 256U);
    BOOST_TEST(request_times::bound(request_times::bounds - 1) == 8388608U);
    BOOST_TEST(times.count(0) == 2U);
    BOOST_TEST(times.count(1) == 2U);
    BOOST_TEST(times.count(request_times::bounds - 1) == 1U);
    BOOST_TEST(times.count(request_times::buckets - 1) == 1U);
    BOOST_TEST(times.sum() == 256U + 257 + 512 + 8388608 + 9000000);
}

BOOST_AUTO_TEST_SUITE_END()
