#include "store/connection_pool.hpp"
#include "test/support/scripted_store.hpp"

#include <boost/test/unit_test.hpp>

namespace core = sluice::core;
namespace store = sluice::store;
using sluice::test::scripted_store;

namespace {

struct pooled {
    sluice::test::scripted_database database;
    std::vector<std::string> states;
    store::connection_pool pool{scripted_store::connector(database),
                                [this](const core::store_fault* fault) {
                                    states.push_back(fault == nullptr ? "back" : fault->cause);
                                }};

    bool ask() {
        const auto answer =
            pool.ask([](core::access_store& in) { return in.windows_of("anna", {}); });
        return static_cast<bool>(answer);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(connection_pool)

BOOST_FIXTURE_TEST_CASE(a_connection_is_kept, pooled) {
    BOOST_TEST(ask());
    BOOST_TEST(ask());
    BOOST_TEST(database.connects == 1);
    BOOST_TEST(states.empty());
}

BOOST_FIXTURE_TEST_CASE(a_lost_connection_is_replaced_at_once, pooled) {
    BOOST_TEST(ask());
    database.lost = 1;
    BOOST_TEST(ask());
    BOOST_TEST(database.connects == 2);
    BOOST_TEST(states.empty()); // no state was reported
    database.lost = 2; // the new connection is lost too, so the store counts as unreachable
    BOOST_TEST(!ask());
    BOOST_TEST((states == std::vector<std::string>{"lost"}));
}

// The cause most likely broke all connections: the pool does not try the others one by one.
BOOST_FIXTURE_TEST_CASE(a_fault_ends_the_idle_connections_too, pooled) {
    const auto nested = [this](auto&& again, int depth) -> void {
        const auto answer = pool.ask([&](core::access_store& in) {
            if (depth > 1) {
                again(again, depth - 1);
            }
            return in.windows_of("anna", {});
        });
        BOOST_TEST(static_cast<bool>(answer));
    };
    nested(nested, 4);
    BOOST_TEST(database.connects == 4); // all four are idle now
    database.lost = 2;                  // one of them, and the one that replaces it
    BOOST_TEST(!ask());
    BOOST_TEST(database.connects == 5);
    std::this_thread::sleep_for(store::backoff::first * 3);
    const int before = database.connects;
    BOOST_TEST(ask());
    BOOST_TEST(database.connects == before + 1);
}

BOOST_FIXTURE_TEST_CASE(while_it_is_away_nobody_waits, pooled) {
    database.is_away = true;
    BOOST_TEST(!ask());
    const int tries = database.connects;
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(!ask());
    }
    BOOST_TEST(database.connects <= tries + 4); // the delays have not passed
    BOOST_TEST((states == std::vector<std::string>{"away"}));

    database.is_away = false;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!ask() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    BOOST_TEST(ask());
    BOOST_TEST((states == std::vector<std::string>{"away", "back"}));
}

BOOST_AUTO_TEST_CASE(pauses_grow_to_a_limit) {
    store::backoff pause;
    const store::backoff::time_point now{std::chrono::hours(1)};
    BOOST_TEST(pause.left(now).count() == 0);
    std::int64_t last = 0;
    for (int i = 0; i < 10; ++i) {
        pause.failed(now);
        BOOST_TEST(pause.left(now).count() >= last);
        last = pause.left(now).count();
    }
    BOOST_TEST(last == store::backoff::longest.count());
    BOOST_TEST(pause.left(now + store::backoff::longest).count() == 0);
    pause.succeeded();
    pause.failed(now);
    BOOST_TEST(pause.left(now).count() == store::backoff::first.count());
}

BOOST_AUTO_TEST_SUITE_END()
