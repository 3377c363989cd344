// Users, their places and their shares.
#include "http/sending/pace.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace sluice;
using namespace sluice::http;
using namespace std::chrono_literals;

namespace {

const core::rate_bucket::time_point start{1h};

void expire_all(user_transfers& users, core::rate_bucket::time_point now) {
    for (int i = 0; i < 16; ++i) {
        users.expire(now);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(paces)

BOOST_AUTO_TEST_CASE(places_of_a_user_are_limited_and_given_back) {
    user_transfers users;
    auto one = users.take("a", 2);
    {
        auto two = users.take("a", 2);
        BOOST_TEST(bool(two));
        BOOST_TEST(!users.take("a", 2));
        BOOST_TEST(bool(users.take("b", 2)));
    }
    BOOST_TEST(bool(users.take("a", 2)));
    auto moved = std::move(one);
    BOOST_TEST(moved.of().downloads.load() == 1U);
}

BOOST_AUTO_TEST_CASE(users_are_forgotten_once_nothing_is_under_way_or_owed) {
    user_transfers users;
    {
        const auto place = users.take("a", 0);
        pace speed({.user = 1000}, users.take("b", 0));
        core::rate_bucket connection;
        speed.charge(connection, 1000, start); // a second's worth
        expire_all(users, start);
        BOOST_TEST(users.size() == 2U);
    }
    expire_all(users, start);
    BOOST_TEST(users.size() == 1U); // b owes half a second yet
    expire_all(users, start + 1s);
    BOOST_TEST(users.size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_debt_outlives_the_transfer_that_made_it) {
    user_transfers users;
    core::rate_bucket connection;
    {
        pace speed({.user = 1000}, users.take("a", 0));
        speed.charge(connection, 1000, start);
    }
    const pace next({.user = 1000}, users.take("a", 0));
    BOOST_TEST(next.allowance(connection, 1 << 20, start) == 0U);
}

BOOST_AUTO_TEST_CASE(the_lower_of_the_two_rates_holds) {
    user_transfers users;
    const core::rate_bucket connection;
    const pace both({.connection = 1000, .user = 4000}, users.take("a", 0));
    BOOST_TEST(both.allowance(connection, 1 << 20, start) == 500U);
    const pace user({.connection = 9000, .user = 4000}, users.take("b", 0));
    BOOST_TEST(user.allowance(connection, 1 << 20, start) == 2000U);
    BOOST_TEST(user.allowance(connection, 7, start) == 7U);
    const pace connection_only({.connection = 1000}, {});
    BOOST_TEST(connection_only.allowance(connection, 1 << 20, start) == 500U);
}

BOOST_AUTO_TEST_CASE(transfers_of_a_user_share) {
    user_transfers users;
    const core::rate_bucket connection;
    pace one({.user = 4000}, users.take("a", 0));
    BOOST_TEST(one.allowance(connection, 1 << 20, start) == 2000U);
    {
        const pace two({.user = 4000}, users.take("a", 0));
        BOOST_TEST(one.allowance(connection, 1 << 20, start) == 1000U); // half of the bucket
        core::rate_bucket mine;
        one.charge(mine, 1000, start);
        BOOST_TEST(one.allowance(connection, 1 << 20, start) == 0U);
        BOOST_TEST(two.allowance(connection, 1 << 20, start) == 1000U); // the other half
    }
    BOOST_TEST(one.allowance(connection, 1 << 20, start + 250ms) == 1000U); // alone again
}

BOOST_AUTO_TEST_CASE(many_threads_never_exceed_the_limit) {
    user_transfers users;
    std::atomic<int> most{0};
    std::atomic<int> held{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 5000; ++round) {
                if (const auto place = users.take("a", 2)) {
                    const auto now = ++held;
                    for (auto seen = most.load();
                         now > seen && !most.compare_exchange_weak(seen, now);) {
                    }
                    --held;
                }
                users.expire(start);
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    BOOST_TEST(most <= 2);
    expire_all(users, start);
    BOOST_TEST(users.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
