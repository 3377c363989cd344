#include "core/text/ascii_case.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using sluice::core::iequals;

BOOST_AUTO_TEST_SUITE(ascii_case_suite)

BOOST_AUTO_TEST_CASE(case_of_ascii_letters_is_all_that_is_overlooked) {
    BOOST_TEST(iequals("", ""));
    BOOST_TEST(iequals("Content-Length", "content-LENGTH"));
    BOOST_TEST(iequals("aZ09-", "Az09-"));
    BOOST_TEST(!iequals("a", ""));
    BOOST_TEST(!iequals("a", "ab"));
    BOOST_TEST(!iequals("@", "`")); // they differ in the bit that letters do
    BOOST_TEST(!iequals("[", "{"));
    BOOST_TEST(!iequals("\xC3\x89", "\xC3\xA9")); // É and é
}

// The last letter differs in case and is the last byte of the buffer, so that the sanitizers detect
// a read beyond it.
BOOST_AUTO_TEST_CASE(nothing_beyond_the_texts_is_read) {
    const std::vector<char> upper{'A', 'B'};
    const std::vector<char> lower{'a', 'b'};
    BOOST_TEST(iequals({upper.data(), upper.size()}, {lower.data(), lower.size()}));
}

BOOST_AUTO_TEST_SUITE_END()
