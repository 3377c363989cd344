#include "core/text/trimmed.hpp"

#include <boost/test/unit_test.hpp>

using sluice::core::trimmed;

BOOST_AUTO_TEST_SUITE(trimmed_suite)

BOOST_AUTO_TEST_CASE(spaces_around_the_text_go) {
    BOOST_TEST(trimmed("") == "");
    BOOST_TEST(trimmed(" \t ") == "");
    BOOST_TEST(trimmed("a") == "a");
    BOOST_TEST(trimmed("\t a b ") == "a b");
    BOOST_TEST(trimmed("\na\n") == "\na\n"); // no space of HTTP
}

BOOST_AUTO_TEST_CASE(the_caller_says_what_a_space_is) {
    BOOST_TEST(trimmed("\t a ", " ") == "\t a");
    BOOST_TEST(trimmed("a\r\n", " \t\r\n") == "a");
}

BOOST_AUTO_TEST_SUITE_END()
