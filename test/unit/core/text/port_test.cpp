#include "core/text/port.hpp"

#include <boost/test/unit_test.hpp>

using sluice::core::parse_port;

BOOST_AUTO_TEST_SUITE(port_suite)

BOOST_AUTO_TEST_CASE(digits_up_to_65535_are_a_port) {
    BOOST_TEST(parse_port("0").value() == 0);
    BOOST_TEST(parse_port("080").value() == 80);
    BOOST_TEST(parse_port("65535").value() == 65535);
}

BOOST_AUTO_TEST_CASE(nothing_else_is) {
    for (const auto* text :
         {"", "65536", "-1", "+1", " 1", "1 ", "1a", "0x1", "99999999999999999999"}) {
        BOOST_TEST(!parse_port(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
