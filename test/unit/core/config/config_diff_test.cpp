#include "core/config/config_diff.hpp"

#include <boost/test/unit_test.hpp>

namespace core = sluice::core;

namespace {

std::string joined(const std::vector<std::string_view>& paths) {
    std::string all;
    for (const auto path : paths) {
        all.append(path).append(" ");
    }
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_diff)

BOOST_AUTO_TEST_CASE(nothing_differs_from_itself) {
    BOOST_TEST(core::changed_settings({}, {}).empty());
}

BOOST_AUTO_TEST_CASE(what_differs_is_named_in_the_order_of_the_table) {
    core::config next;
    next.log.level = core::log_level::debug;
    next.cors.allowed_origins = {"*"};
    next.listen = "127.0.0.1:1";
    BOOST_TEST(joined(core::changed_settings({}, next)) ==
               "listen cors.allowed_origins log.level ");
}

BOOST_AUTO_TEST_CASE(what_needs_a_restart_keeps_its_running_value_and_the_rest_does_not) {
    core::config next;
    next.threads = 7;
    next.metrics.listen = "127.0.0.1:1";
    next.tokens.default_ttl = std::chrono::seconds(60);
    BOOST_TEST(joined(core::keep_fixed_settings({}, next)) == "threads metrics.listen ");
    BOOST_TEST(next.threads == 0U);
    BOOST_TEST(next.metrics.listen == "");
    BOOST_TEST(joined(core::changed_settings({}, next)) == "tokens.default_ttl ");
    BOOST_TEST(core::keep_fixed_settings({}, next).empty());
}

BOOST_AUTO_TEST_SUITE_END()
