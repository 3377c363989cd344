#include "http/client/name_lookup.hpp"
#include "test/support/scripted_server.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

using namespace sluice::http;
using sluice::test::run_a_moment;
using sluice::test::run_until;

using found_type = call_result<std::vector<tcp::endpoint>>;

BOOST_AUTO_TEST_SUITE(name_lookup_suite, *boost::unit_test::timeout(60))

BOOST_AUTO_TEST_CASE(numeric_addresses_need_no_resolver) {
    net::io_context context;
    name_lookup names(context);
    for (const auto* host : {"127.0.0.1", "::1"}) {
        std::optional<found_type> got;
        names.find(host, 80, [&](found_type found) { got = std::move(found); });
        BOOST_TEST_REQUIRE(got.has_value());
        BOOST_TEST_REQUIRE((*got)->size() == 1U);
        BOOST_TEST((*got)->front().port() == 80U);
        BOOST_TEST((*got)->front().address().to_string() == host);
    }
}

BOOST_AUTO_TEST_CASE(many_ask_for_one_name) {
    net::io_context context;
    name_lookup names(context);
    std::size_t good = 0;
    for (std::uint16_t i = 1; i <= 50; ++i) { // more than there may be threads
        names.find("localhost", i, [&good, i](const found_type& found) {
            if (found && found->front().address().is_loopback() && found->front().port() == i) {
                ++good;
            }
        });
    }
    BOOST_TEST(good == 0U);
    run_until(context, [&] { return good == 50; });
    names.find("localhost", 7, [&](const found_type&) { ++good; });
    BOOST_TEST(good == 51U); // known
    names.forget("localhost");
    names.find("localhost", 7, [&](const found_type&) { ++good; });
    BOOST_TEST(good == 51U);
    run_until(context, [&] { return good == 52; });
}

BOOST_AUTO_TEST_CASE(a_name_without_an_address) {
    net::io_context context;
    name_lookup names(context);
    std::optional<found_type> got;
    names.find("no-such-name.invalid", 80, [&](found_type found) { got = std::move(found); });
    run_until(context, [&] { return got.has_value(); });
    BOOST_TEST_REQUIRE(got->has_error());
    BOOST_TEST((got->error().what == call_fault::kind::name));
    BOOST_TEST(got->error().cause.find("no-such-name.invalid cannot be resolved") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(destroyed_while_the_resolver_works) {
    net::io_context context;
    bool is_called = false;
    for (int i = 0; i < 20; ++i) {
        auto names = std::make_unique<name_lookup>(context);
        names->find("localhost", 80, [&](const found_type&) { is_called = true; });
        names.reset();
    }
    run_a_moment(context);
    BOOST_TEST(!is_called);
}

BOOST_AUTO_TEST_SUITE_END()
