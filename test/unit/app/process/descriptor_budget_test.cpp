#include "app/process/descriptor_budget.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

BOOST_AUTO_TEST_SUITE(descriptor_budget)

BOOST_AUTO_TEST_CASE(shares) {
    struct row {
        std::uint64_t descriptors;
        unsigned wanted;
        std::uint64_t cached_files;
        unsigned connections;
        unsigned refusals;
    };
    const row rows[] = {
        {1 << 20, 16000, 1024, 16000, 256}, // plenty
        {20000, 16000, 1024, 16000, 256},   // enough
        {20000, 100000, 1024, 18656, 256},  // all but the reserve
        {1024, 16000, 1024, 384, 128},      // the cache would take more than half
        {64, 16000, 1024, 24, 8},
        {64, 8, 0, 8, 8},
        {1, 16000, 1024, 1, 1}, // absurd, but never zero
        {0, 16000, 0, 1, 1},
    };
    for (const auto& [descriptors, wanted, cached_files, connections, refusals] : rows) {
        BOOST_TEST_CONTEXT(descriptors << " descriptors, " << wanted << " wanted") {
            const auto share = sluice::app::share_descriptors(descriptors, wanted, cached_files);
            BOOST_TEST(share.connections == connections);
            BOOST_TEST(share.refusals == refusals);
        }
    }
}

BOOST_AUTO_TEST_CASE(soft_limit_is_raised_to_the_hard_one) {
    rlimit before{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit low = before;
    low.rlim_cur = 50;
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
    BOOST_TEST(sluice::app::raise_descriptor_limit() == before.rlim_max);
    rlimit after{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &after) == 0);
    BOOST_TEST(after.rlim_cur == before.rlim_max);
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
