#include "core/access/revocation_table.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>

namespace core = sluice::core;
using core::revocation_kind;

namespace {

const sluice::crypto::siphash_key key{1, 2};

core::claims claims_of(std::string jti, std::string user, std::optional<std::int64_t> iat,
                       std::string_view kid = "k") {
    core::claims made;
    made.jti = std::move(jti);
    made.user_id = std::move(user);
    made.iat = iat;
    made.signed_by = kid;
    return made;
}

bool kills(const core::revocation_table& table, const core::claims& claims) {
    return table.kills(table.trace(claims));
}

} // namespace

BOOST_AUTO_TEST_SUITE(revocation_table)

BOOST_AUTO_TEST_CASE(an_empty_table_kills_nothing) {
    const core::revocation_table table(key, 0);
    BOOST_TEST(!kills(table, claims_of("j", "u", 100)));
    BOOST_TEST(!table.kills(core::token_trace{}));
    BOOST_TEST(!table.blocks("u", 0));
}

BOOST_AUTO_TEST_CASE(what_each_kind_kills) {
    core::revocation_table table(key, 8);
    BOOST_TEST(table.add({revocation_kind::token, "j1"}));
    BOOST_TEST(table.add({revocation_kind::user, "blocked"}));
    BOOST_TEST(table.add({revocation_kind::user, "reset", 200}));
    BOOST_TEST(table.add({revocation_kind::key, "bad"}));
    struct sample {
        core::claims claims;
        bool dead;
    };
    const sample samples[] = {
        {claims_of("j1", "u", 100), true},
        {claims_of("j2", "u", 100), false},
        {claims_of("", "u", 100), false},    // server.py gives no jti
        {claims_of("j2", "j1", 100), false}, // a user of that name is another matter
        {claims_of("blocked", "u", 100), false},
        {claims_of("j2", "blocked", 100), true},
        {claims_of("j2", "blocked", 4'000'000'000), true},
        {claims_of("j2", "reset", 199), true},
        {claims_of("j2", "reset", 200), false},
        {claims_of("j2", "reset", {}), true}, // who does not say when counts as old
        {claims_of("j2", "u", 100, "bad"), true},
        {claims_of("j2", "u", 100, "good"), false},
        {claims_of("j2", "bad", 100), false},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.claims.jti << " " << each.claims.user_id << " "
                                           << each.claims.signed_by) {
            BOOST_TEST(kills(table, each.claims) == each.dead);
        }
    }
    BOOST_TEST(table.blocks("blocked", 5'000));
    BOOST_TEST(table.blocks("reset", 199));
    BOOST_TEST(!table.blocks("reset", 200));
}

BOOST_AUTO_TEST_CASE(the_later_time_counts) {
    core::revocation_table table(key, 8);
    BOOST_TEST(table.add({revocation_kind::user, "u", 300}));
    BOOST_TEST(table.add({revocation_kind::user, "u", 200}));
    BOOST_TEST(kills(table, claims_of("j", "u", 299)));
    BOOST_TEST(table.add({revocation_kind::user, "u"}));
    BOOST_TEST(kills(table, claims_of("j", "u", 4'000'000'000)));
    BOOST_TEST(table.size() == 1U);
}

BOOST_AUTO_TEST_CASE(grows_and_keeps_its_traces) {
    core::revocation_table small(key, 0);
    const auto trace = small.trace(claims_of("t7", "u", 100));
    std::size_t added = 0;
    while (small.add({revocation_kind::token, "t" + std::to_string(added)})) {
        ++added;
    }
    BOOST_TEST(added == small.capacity());
    BOOST_TEST(small.add({revocation_kind::token, "t0"})); // known: takes no place
    const auto large = small.grown();
    BOOST_TEST(large->capacity() == 2 * small.capacity());
    BOOST_TEST(large->size() == added);
    BOOST_TEST(large->kills(trace));
    for (std::size_t i = 0; i < added; ++i) {
        BOOST_REQUIRE(kills(*large, claims_of("t" + std::to_string(i), "u", 100)));
        BOOST_REQUIRE(!kills(*large, claims_of("s" + std::to_string(i), "u", 100)));
    }
}

BOOST_AUTO_TEST_CASE(others_read_while_one_writes) {
    core::revocation_table table(key, 20'000);
    std::atomic<bool> is_done{false};
    std::atomic<std::uint64_t> wrong{0};
    std::thread reader([&] {
        while (!is_done) {
            wrong += kills(table, claims_of("good", "good", 100)) ? 1 : 0;
            const auto seen = table.size(); // entries added before are visible
            for (std::size_t i = 0; i < seen; i += 997) {
                wrong += kills(table, claims_of("t" + std::to_string(i), "u", 100)) ? 0 : 1;
            }
        }
    });
    for (int i = 0; i < 20'000; ++i) {
        BOOST_REQUIRE(table.add({revocation_kind::token, "t" + std::to_string(i)}));
    }
    is_done = true;
    reader.join();
    BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
