#include "core/token/ttl.hpp"

#include <boost/test/unit_test.hpp>

using sluice::core::parse_ttl;

BOOST_AUTO_TEST_SUITE(ttl_suite)

BOOST_AUTO_TEST_CASE(one_to_ten_digits_without_a_leading_zero_are_a_ttl) {
    BOOST_TEST(parse_ttl("1").value().count() == 1);
    BOOST_TEST(parse_ttl("9999999999").value().count() == 9'999'999'999);
}

BOOST_AUTO_TEST_CASE(nothing_else_is) { // docs/security.md, threat 32
    for (const auto* text :
         {"", "0", "01", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "10000000000"}) {
        BOOST_TEST(!parse_ttl(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(a_resume_window_may_also_be_0) {
    using sluice::core::parse_resume;
    BOOST_TEST(parse_resume("0").value().count() == 0);
    BOOST_TEST(parse_resume("1").value().count() == 1);
    BOOST_TEST(parse_resume("9999999999").value().count() == 9'999'999'999);
    for (const auto* text :
         {"", "00", "01", "-0", "-1", "+1", " 0", "0 ", "0.0", "1e3", "0x1", "10000000000"}) {
        BOOST_TEST(!parse_resume(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
