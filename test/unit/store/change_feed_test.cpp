#include "store/change_feed.hpp"
#include "test/support/scripted_store.hpp"

#include <boost/test/unit_test.hpp>

namespace core = sluice::core;
namespace store = sluice::store;
using core::revocation_kind;
using sluice::test::scripted_store;
using namespace std::chrono_literals;

namespace {

/// A feed on a scripted database, and its reports.
struct followed {
    sluice::test::scripted_database database;
    core::system_clock time;
    std::mutex mutex;
    std::shared_ptr<const core::revocation_table> table;
    int tables = 0;
    std::vector<bool> grants;
    std::vector<std::string> states;

    std::unique_ptr<store::change_feed> start(std::size_t most = 1'000'000,
                                              std::chrono::seconds rebuild = 1h) {
        return std::make_unique<store::change_feed>(
            scripted_store::connector(database),
            store::change_feed::settings{
                .max_revocations = most, .slice = 2ms, .poll = 5ms, .rebuild_interval = rebuild},
            time,
            store::change_feed::listener{.on_revocations =
                                             [this](const auto& next) {
                                                 const std::lock_guard lock(mutex);
                                                 table = next;
                                                 ++tables;
                                             },
                                         .on_grants =
                                             [this](bool is_live) {
                                                 const std::lock_guard lock(mutex);
                                                 grants.push_back(is_live);
                                             },
                                         .on_state =
                                             [this](const core::store_fault* fault) {
                                                 const std::lock_guard lock(mutex);
                                                 states.push_back(fault == nullptr ? "back"
                                                                                   : fault->cause);
                                             }});
    }
    void revoke(core::revocation one) {
        const std::lock_guard lock(database.mutex);
        database.revocations.push_back(std::move(one));
    }
    bool kills(std::string jti) {
        core::claims claims;
        claims.jti = std::move(jti);
        claims.user_id = "u";
        const std::lock_guard lock(mutex);
        return table && table->kills(table->trace(claims));
    }
    template <class Condition>
    bool eventually(Condition condition) {
        for (int i = 0; i < 4000 && !condition(); ++i) {
            std::this_thread::sleep_for(5ms);
        }
        return condition();
    }
    bool has_table() {
        const std::lock_guard lock(mutex);
        return table != nullptr;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(change_feed)

BOOST_FIXTURE_TEST_CASE(reads_all_then_what_is_new, followed) {
    revoke({revocation_kind::token, "j1"});
    revoke({revocation_kind::token, "expired", {}, 1000});
    const auto feed = start();
    BOOST_REQUIRE(eventually([&] { return has_table(); }));
    BOOST_TEST(kills("j1"));
    BOOST_TEST(!kills("expired"));
    BOOST_TEST(!kills("j2"));
    revoke({revocation_kind::token, "j2"});
    BOOST_TEST(eventually([&] { return kills("j2"); }));
    BOOST_TEST(kills("j1"));
}

BOOST_FIXTURE_TEST_CASE(a_short_memory_of_the_writer_revives_nothing, followed) {
    // Its writer assumed that tokens live for a minute, but they live for a day.
    database.made_at = time.wall_seconds().time_since_epoch().count() - 3600;
    revoke({revocation_kind::token, "j1", {}, database.made_at + 60});
    const auto feed = start();
    BOOST_REQUIRE(eventually([&] { return has_table(); }));
    BOOST_TEST(kills("j1"));
}

BOOST_FIXTURE_TEST_CASE(a_lost_notification_is_made_up_for, followed) {
    database.is_silent = true;
    const auto feed = start();
    BOOST_REQUIRE(eventually([&] { return has_table(); }));
    revoke({revocation_kind::token, "j1"});
    BOOST_TEST(eventually([&] { return kills("j1"); }));
}

BOOST_FIXTURE_TEST_CASE(what_has_expired_leaves_the_memory, followed) {
    // Old enough that its own expiry applies, which is one second ahead.
    const auto now = time.wall_seconds().time_since_epoch().count();
    database.made_at = now - 2 * 86400;
    revoke({revocation_kind::token, "passing", {}, now + 2});
    revoke({revocation_kind::token, "lasting"});
    const auto feed = start(1'000'000, 1s);
    BOOST_REQUIRE(eventually([&] { return kills("passing"); }));
    BOOST_TEST(eventually([&] { return !kills("passing"); }));
    BOOST_TEST(kills("lasting"));
}

BOOST_FIXTURE_TEST_CASE(grows_as_it_must, followed) {
    const auto feed = start();
    BOOST_REQUIRE(eventually([&] { return has_table(); }));
    for (int i = 0; i < 3000; ++i) {
        revoke({revocation_kind::token, "t" + std::to_string(i)});
    }
    BOOST_TEST(eventually([&] { return kills("t2999"); }));
    BOOST_TEST(kills("t0"));
}

BOOST_FIXTURE_TEST_CASE(what_was_lifted_is_good_again, followed) {
    revoke({revocation_kind::token, "j1"});
    const auto feed = start();
    BOOST_REQUIRE(eventually([&] { return kills("j1"); }));
    {
        const std::lock_guard lock(database.mutex);
        database.revocations.clear();
        ++database.generation;
    }
    BOOST_TEST(eventually([&] { return !kills("j1"); }));
}

BOOST_FIXTURE_TEST_CASE(the_last_known_stay_in_force, followed) {
    revoke({revocation_kind::token, "j1"});
    const auto feed = start();
    BOOST_REQUIRE(eventually([&] { return kills("j1"); }));
    database.is_away = true;
    BOOST_REQUIRE(eventually([&] {
        const std::lock_guard lock(mutex);
        return !states.empty() && !grants.empty() && !grants.back();
    }));
    BOOST_TEST(kills("j1"));
    revoke({revocation_kind::token, "j2"});
    database.is_away = false;
    BOOST_TEST(eventually([&] { return kills("j2"); }));
    BOOST_TEST(eventually([&] {
        const std::lock_guard lock(mutex);
        return states == std::vector<std::string>{"away", "back"} && grants.back();
    }));
}

BOOST_FIXTURE_TEST_CASE(nothing_is_known_before_the_first_reading, followed) {
    database.is_away = true;
    const auto feed = start();
    BOOST_REQUIRE(eventually([&] { return database.connects > 2; }));
    BOOST_TEST(!has_table());
    database.is_away = false;
    BOOST_TEST(eventually([&] { return has_table(); }));
}

BOOST_FIXTURE_TEST_CASE(a_limit_is_said, followed) {
    for (int i = 0; i < 2000; ++i) {
        revoke({revocation_kind::token, "t" + std::to_string(i)});
    }
    const auto feed = start(1000);
    BOOST_TEST(eventually([&] {
        const std::lock_guard lock(mutex);
        return states.size() == 1 && states[0].find("store.max_revocations") != std::string::npos;
    }));
    BOOST_TEST(kills("t0")); // those that fit are in force
}

BOOST_FIXTURE_TEST_CASE(grants_that_change_are_told, followed) {
    const auto feed = start();
    BOOST_REQUIRE(eventually([&] { return has_table(); }));
    const auto told = [this] {
        const std::lock_guard lock(mutex);
        return grants.size();
    };
    BOOST_REQUIRE(eventually([&] { return told() > 0; }));
    const auto before = told();
    database.has_grants = true;
    BOOST_TEST(eventually([&] { return told() > before; }));
}

BOOST_AUTO_TEST_SUITE_END()
