#include "store/grant_book.hpp"
#include "test/support/scripted_store.hpp"

#include <boost/test/unit_test.hpp>

namespace core = sluice::core;
namespace store = sluice::store;
using sluice::test::scripted_store;

namespace {

constexpr core::media_place place{"t", "c", "m", "l"};

struct booked {
    sluice::test::scripted_database database;
    store::connection_pool pool{scripted_store::connector(database),
                                [](const core::store_fault*) {}};
    store::grant_book book{pool, {.entries = 3, .lifetime = std::chrono::seconds(60)}};
    store::grant_book::time_point now = std::chrono::steady_clock::now();

    booked() {
        database.windows["anna"] = {{100, 200}, {300, {}}};
        book.forget(true);
    }
    std::optional<bool> recall(std::string_view user, std::int64_t wall) {
        const auto known = book.recall(user, place, wall, now);
        return known ? std::optional(known->is_granted) : std::nullopt;
    }
    bool ask(std::string_view user, std::int64_t wall) {
        return book.ask(user, place, wall)->is_granted;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(grant_book)

BOOST_FIXTURE_TEST_CASE(windows_are_remembered_not_verdicts, booked) {
    BOOST_TEST(!recall("anna", 150).has_value());
    BOOST_TEST(!ask("anna", 99));
    BOOST_TEST((recall("anna", 99) == false));
    BOOST_TEST((recall("anna", 100) == true));
    BOOST_TEST((recall("anna", 200) == false));
    BOOST_TEST((recall("anna", 300) == true));
    BOOST_TEST(!ask("bert", 150));
    BOOST_TEST((recall("bert", 150) == false));
    BOOST_TEST(!book.recall("anna", {"t", "c", "m", "k"}, 150, now).has_value());
    BOOST_TEST(database.questions == 2);
}

// docs/security.md, threat 56: the result includes the end of the grant, from the cache or not.
BOOST_FIXTURE_TEST_CASE(the_end_of_the_window_is_told, booked) {
    BOOST_TEST((book.ask("anna", place, 150)->until == 200));
    BOOST_TEST((book.recall("anna", place, 150, now)->until == 200));
    BOOST_TEST((!book.recall("anna", place, 300, now)->until));
}

BOOST_FIXTURE_TEST_CASE(what_is_too_old_is_forgotten, booked) {
    BOOST_TEST(ask("anna", 150));
    BOOST_TEST(book.recall("anna", place, 150, now + std::chrono::seconds(59)).has_value());
    BOOST_TEST(!book.recall("anna", place, 150, now + std::chrono::seconds(61)).has_value());
}

BOOST_FIXTURE_TEST_CASE(the_oldest_makes_room, booked) {
    for (const auto* const user : {"u1", "u2", "u3", "u4"}) {
        BOOST_TEST(!ask(user, 1));
    }
    BOOST_TEST(!recall("u1", 1).has_value());
    BOOST_TEST(recall("u2", 1).has_value());
    BOOST_TEST(recall("u4", 1).has_value());
}

BOOST_FIXTURE_TEST_CASE(changes_empty_it, booked) {
    BOOST_TEST(ask("anna", 150));
    book.forget(true);
    BOOST_TEST(!recall("anna", 150).has_value());
    BOOST_TEST(ask("anna", 150));
    BOOST_TEST(recall("anna", 150).has_value());
}

BOOST_FIXTURE_TEST_CASE(nothing_is_remembered_while_changes_go_unheard, booked) {
    book.forget(false);
    BOOST_TEST(ask("anna", 150));
    BOOST_TEST(!recall("anna", 150).has_value());
}

// A grant is removed after the database has read it and before its answer has arrived.
BOOST_FIXTURE_TEST_CASE(an_answer_older_than_a_change_is_not_remembered, booked) {
    database.meanwhile = [this] { book.forget(true); };
    BOOST_TEST(ask("anna", 150));
    BOOST_TEST(!recall("anna", 150).has_value());
    database.meanwhile = nullptr;
    BOOST_TEST(ask("anna", 150));
    BOOST_TEST(recall("anna", 150).has_value());
}

BOOST_FIXTURE_TEST_CASE(each_query_names_its_trace_or_that_there_is_none, booked) {
    BOOST_TEST((book.ask("anna", place, 150, "4bf92f3577b34da6a3ce929d0e0e4736")->until == 200));
    BOOST_TEST(!ask("bert", 150));
    const std::vector<std::string> named{"4bf92f3577b34da6a3ce929d0e0e4736", ""};
    BOOST_TEST(database.traces == named, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(faults_are_no_answers, booked) {
    database.is_away = true;
    BOOST_TEST(!book.ask("anna", place, 150));
    BOOST_TEST(!recall("anna", 150).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
