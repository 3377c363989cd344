#include "store/schema.hpp"
#include "store/sql_store.hpp"
#include "test/support/store_backends.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace core = sluice::core;
namespace store = sluice::store;
using sluice::test::got;
using sluice::test::migrated;
using sluice::test::store_backends;

namespace {

core::grant grant_of(std::string user, core::grant_target target, core::validity valid = {}) {
    return {.user_id = std::move(user), .target = std::move(target), .valid = valid};
}

std::vector<core::grant> all_of(core::access_store& from, std::string_view user = {}) {
    std::vector<core::grant> all;
    got(from.list_grants(user, [&](const core::grant& one) { all.push_back(one); }));
    return all;
}

void put(core::access_store& into, const core::grant& one) {
    got(into.put_grants({&one, 1}));
}

bool covers(core::access_store& in, std::string_view user, const core::media_place& place) {
    return !got(in.windows_of(user, place)).empty();
}

} // namespace

BOOST_AUTO_TEST_SUITE(sql_store)

BOOST_AUTO_TEST_CASE_TEMPLATE(migrates_an_empty_database, Backend, store_backends) {
    const Backend where;
    const auto fresh = got(store::create_store(where.address()));
    BOOST_TEST(got(fresh->schema_version()) == 0);
    const auto early = store::open_store(where.address());
    BOOST_REQUIRE(!early);
    BOOST_TEST(early.error().cause.find("sluice store migrate") != std::string::npos);

    BOOST_TEST(got(fresh->migrate()) == 0);
    BOOST_TEST(got(fresh->schema_version()) == store::current_schema_version);
    BOOST_TEST(got(fresh->migrate()) == store::current_schema_version); // nothing left to do
    BOOST_TEST(static_cast<bool>(store::open_store(where.address())));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_older_schema_keeps_its_grants, Backend, store_backends) {
    const Backend where;
    {
        const auto old = where.connect();
        got(old->run_script(old->speaks().steps[0])); // version 1: grants alone
        got(old->run_script("INSERT INTO sluice_grants (user_id, course_id) VALUES ('anna', 'c')"));
    }
    const auto early = store::open_store(where.address());
    BOOST_REQUIRE(!early);
    BOOST_TEST(early.error().cause.find("version 1") != std::string::npos, early.error().cause);

    const auto in = got(store::create_store(where.address()));
    BOOST_TEST(got(in->migrate()) == 1);
    BOOST_TEST(got(in->schema_version()) == store::current_schema_version);
    BOOST_TEST((all_of(*in) == std::vector{grant_of("anna", {"", "c", "", ""})}));
    BOOST_TEST(got(in->put_revocation({core::revocation_kind::key, "k", {}, {}})));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(refuses_a_newer_schema, Backend, store_backends) {
    const Backend where;
    migrated(where);
    got(where.connect()->run_script(
        "UPDATE sluice_meta SET value = value + 1 WHERE name = 'schema_version'"));
    const auto opened = store::open_store(where.address());
    BOOST_REQUIRE(!opened);
    BOOST_TEST((opened.error().what == core::store_fault::kind::unusable));
    BOOST_TEST(opened.error().cause.find("newer") != std::string::npos);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_grant_covers_what_lies_below_it, Backend, store_backends) {
    const Backend where;
    const auto in = migrated(where);
    put(*in, grant_of("of-trainer", {"t", "", "", ""}));
    put(*in, grant_of("of-course", {"t", "c", "", ""}));
    put(*in, grant_of("of-module", {"t", "c", "m", ""}));
    put(*in, grant_of("of-lesson", {"t", "c", "m", "l"}));
    put(*in, grant_of("of-id", {"", "c", "", ""}));

    struct sample {
        std::string_view user;
        core::media_place place;
        bool covered;
    };
    const core::media_place lesson{"t", "c", "m", "l"};
    const core::media_place module{"t", "c", "m", ""};
    const core::media_place course{"t", "c", "", ""};
    const core::media_place ownerless{"", "c", "", ""};
    const sample samples[] = {
        {"of-trainer", lesson, true},
        {"of-trainer", course, true},
        {"of-trainer", ownerless, false},
        {"of-trainer", {"u", "c", "m", "l"}, false},
        {"of-course", lesson, true},
        {"of-course", module, true},
        {"of-course", course, true},
        {"of-course", {"t", "d", "m", "l"}, false},
        {"of-course", {"u", "c", "m", "l"}, false},
        {"of-course", ownerless, false},
        {"of-module", lesson, true},
        {"of-module", module, true},
        {"of-module", course, false},
        {"of-module", {"t", "c", "n", "l"}, false},
        {"of-lesson", lesson, true},
        {"of-lesson", module, false},
        {"of-lesson", {"t", "c", "m", "k"}, false},
        {"of-id", lesson, true},
        {"of-id", {"u", "c", "m", "l"}, true},
        {"of-id", ownerless, true},
        {"of-id", {"t", "d", "m", "l"}, false},
        {"nobody", lesson, false},
        {"OF-COURSE", course, false},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.user << " " << each.place.trainer_id << "/" << each.place.course_id
                                     << "/" << each.place.module_id << "/"
                                     << each.place.lesson_id) {
            BOOST_TEST(covers(*in, each.user, each.place) == each.covered);
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(grants_are_put_listed_and_removed, Backend, store_backends) {
    const Backend where;
    const auto in = migrated(where);
    const std::vector all{grant_of("anna", {"t", "c", "", ""}, {100, 200}),
                          grant_of("anna", {"t", "c", "m", ""}, {std::nullopt, 200}),
                          grant_of("bert", {"", "c", "", ""}, {100, std::nullopt})};
    got(in->put_grants(all));
    BOOST_TEST((all_of(*in) == all));
    BOOST_TEST(all_of(*in, "bert").size() == 1U);
    BOOST_TEST((got(in->windows_of("anna", {"t", "c", "m", "l"})).size() == 2U));

    auto changed = all;
    changed[0].valid = {};
    got(in->put_grants(changed)); // the same user and target: a new window, not a second grant
    BOOST_TEST((all_of(*in) == changed));

    BOOST_TEST(got(in->remove_grant("anna", all[0].target)));
    BOOST_TEST(!got(in->remove_grant("anna", all[0].target)));
    BOOST_TEST(all_of(*in).size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_grant_put_again_has_the_new_window, Backend, store_backends) {
    const Backend where;
    const auto in = migrated(where);
    const core::grant_target course{"t", "c", "", ""};
    for (const core::validity window :
         {core::validity{100, 200}, core::validity{150, 200}, core::validity{150, 300},
          core::validity{{}, 300}, core::validity{50, {}}, core::validity{}}) {
        const auto wanted = grant_of("anna", course, window);
        put(*in, wanted);
        BOOST_TEST((all_of(*in) == std::vector{wanted}));
        BOOST_TEST((got(in->windows_of("anna", {"t", "c", "m", "l"})) == std::vector{window}));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_fault_undoes_the_whole_batch, Backend, store_backends) {
    const Backend where;
    const auto in = migrated(where);
    const std::vector batch{grant_of("anna", {"t", "", "", ""}),
                            grant_of("", {"t", "", "", ""})}; // no user: the schema refuses it
    const auto put_all = in->put_grants(batch);
    BOOST_REQUIRE(!put_all);
    BOOST_TEST((put_all.error().what == core::store_fault::kind::rejected));
    BOOST_TEST(all_of(*in).empty());
    put(*in, batch[0]); // the connection is still usable
    BOOST_TEST(all_of(*in).size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_schema_refuses_nonsense, Backend, store_backends) {
    const Backend where;
    const auto in = migrated(where);
    const std::string long_id(129, 'x');
    const core::grant samples[] = {
        grant_of("", {"t", "", "", ""}),          grant_of("u", {"", "", "", ""}),
        grant_of("u", {"t", "", "m", ""}),        grant_of("u", {"t", "c", "", "l"}),
        grant_of("u", {"", "", "", "l"}),         grant_of("u", {"t/x", "", "", ""}),
        grant_of("u\\v", {"t", "", "", ""}),      grant_of("..", {"t", "", "", ""}),
        grant_of("u", {"t", ".", "", ""}),        grant_of(long_id, {"t", "", "", ""}),
        grant_of("u", {long_id, "", "", ""}),     grant_of("u", {"t", "", "", ""}, {5, 5}),
        grant_of("u", {"t", "", "", ""}, {6, 5}), grant_of("u", {"t", "", "", ""}, {-1, 5}),
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.user_id << " " << core::scope_of(each.target)) {
            const auto done = in->put_grants({&each, 1});
            BOOST_REQUIRE(!done);
            BOOST_TEST((done.error().what == core::store_fault::kind::rejected),
                       done.error().cause);
            BOOST_TEST(!core::check(each)); // the program's own rules reject it first
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(identifiers_are_data, Backend, store_backends) {
    const Backend where;
    const auto in = migrated(where);
    const std::string_view hostile[] = {"'; DROP TABLE sluice_grants; --",
                                        "\" OR 1=1 --",
                                        "$1",
                                        "?1",
                                        "%",
                                        "_",
                                        "é\xcc\x81",
                                        "null",
                                        "a'b",
                                        "E'\t'"};
    for (const auto each : hostile) {
        BOOST_TEST_CONTEXT(each) {
            const auto one = grant_of(std::string(each), {"t", std::string(each), "", ""});
            put(*in, one);
            BOOST_TEST((all_of(*in, each) == std::vector{one}));
            BOOST_TEST(covers(*in, each, {"t", each, "", ""}));
            BOOST_TEST(!covers(*in, each, {"t", "x", "", ""}));
            BOOST_TEST(got(in->remove_grant(each, one.target)));
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(revocations_come_in_order, Backend, store_backends) {
    using enum core::revocation_kind;
    const Backend where;
    const auto in = migrated(where);
    const auto start = got(in->position());
    BOOST_TEST(start.last == 0U);
    const core::revocation all[] = {{token, "jti-1", std::nullopt, 1000, "stolen"},
                                    {user, "anna", 500, 2000, ""},
                                    {user, "anna", std::nullopt, std::nullopt, ""},
                                    {key, "k1", std::nullopt, std::nullopt, ""}};
    for (const auto& each : all) {
        BOOST_TEST(got(in->put_revocation(each)));
        BOOST_TEST(!got(in->put_revocation(each))); // added twice, stored once
    }
    const auto listed = got(in->revocations_after(0, 10));
    BOOST_REQUIRE(listed.size() == 4U);
    for (std::size_t i = 0; i < listed.size(); ++i) {
        BOOST_TEST((listed[i].what == all[i]));
        BOOST_TEST((i == 0 || listed[i].position > listed[i - 1].position));
    }
    BOOST_TEST(got(in->revocations_after(listed[1].position, 1)).size() == 1U);
    const auto after = got(in->position());
    BOOST_TEST(after.last == listed[3].position);
    BOOST_TEST(after.generation == start.generation);

    BOOST_TEST(got(in->lift(user, "anna")));
    BOOST_TEST(!got(in->lift(user, "anna")));
    BOOST_TEST(got(in->position()).generation > start.generation);
    BOOST_TEST(got(in->revocations_after(0, 10)).size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(expired_revocations_are_purged, Backend, store_backends) {
    using enum core::revocation_kind;
    const Backend where;
    const auto in = migrated(where);
    got(in->put_revocation({token, "old", std::nullopt, 1000}));
    got(in->put_revocation({token, "new", std::nullopt, 4'000'000'000}));
    got(in->put_revocation({key, "k", std::nullopt, std::nullopt}));
    const auto before = got(in->position());
    BOOST_TEST(got(in->purge(1000, 1'000'000'000)) == 0U); // made too recently
    constexpr std::int64_t later = 4'000'000'000;
    BOOST_TEST(got(in->purge(1000, later)) == 1U);
    BOOST_TEST(got(in->purge(1000, later)) == 0U);
    BOOST_TEST(got(in->revocations_after(0, 10)).size() == 2U);
    BOOST_TEST(got(in->position()).generation ==
               before.generation); // so no node reads everything again
}

BOOST_AUTO_TEST_CASE_TEMPLATE(revocations_refuse_nonsense, Backend, store_backends) {
    using enum core::revocation_kind;
    const Backend where;
    const auto in = migrated(where);
    const core::revocation samples[] = {{token, "", {}, {}},
                                        {token, "jti", 5, {}}, // a token has no "before"
                                        {key, "k", 5, {}},
                                        {user, "u", -1, {}},
                                        {user, std::string(257, 'x'), {}, {}}};
    for (const auto& each : samples) {
        const auto done = in->put_revocation(each);
        BOOST_REQUIRE(!done);
        BOOST_TEST((done.error().what == core::store_fault::kind::rejected), done.error().cause);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(others_are_told_of_changes, Backend, store_backends) {
    using namespace std::chrono_literals;
    const Backend where;
    const auto watching = migrated(where);
    const auto writing = got(store::open_store(where.address()));
    BOOST_TEST(
        got(watching->wait_for_change(0ms)).revocations); // the first check: everything is new
    BOOST_TEST(!got(watching->wait_for_change(10ms)).revocations);

    got(writing->put_revocation({core::revocation_kind::token, "jti", {}, 4'000'000'000}));
    BOOST_TEST(got(watching->wait_for_change(5s)).revocations);
    put(*writing, grant_of("anna", {"t", "", "", ""}));
    BOOST_TEST(got(watching->wait_for_change(5s)).grants);
    const auto none = got(watching->wait_for_change(10ms));
    BOOST_TEST(!none.grants);
    BOOST_TEST(!none.revocations);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_nodes_migrate_at_once, Backend, store_backends) {
    const Backend where;
    std::vector<std::thread> nodes;
    std::atomic<int> good{0};
    std::mutex faults_mutex;
    std::string faults;
    for (int i = 0; i < 4; ++i) {
        nodes.emplace_back([&] {
            const auto opened = store::create_store(where.address());
            const auto done = opened ? (*opened)->migrate() : opened.error();
            good += done ? 1 : 0;
            if (!done) {
                const std::lock_guard lock(faults_mutex);
                faults += done.error().cause + "; ";
            }
        });
    }
    for (auto& node : nodes) {
        node.join();
    }
    BOOST_TEST(good == 4, faults);
    BOOST_TEST(static_cast<bool>(store::open_store(where.address())));
}

BOOST_AUTO_TEST_SUITE_END()
