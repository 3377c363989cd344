#include "core/text/percent.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice::core;

BOOST_AUTO_TEST_SUITE(percent_suite)

BOOST_AUTO_TEST_CASE(every_byte_comes_back) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text(1, static_cast<char>(byte));
        std::string encoded;
        std::string decoded;
        append_percent_encoded(text, encoded);
        BOOST_TEST(append_percent_decoded(encoded, plus_sign::literal, decoded));
        BOOST_TEST(decoded == text);
        BOOST_TEST((encoded.size() == 1 || encoded.size() == 3));
    }
}

BOOST_AUTO_TEST_CASE(escapes_have_upper_case_digits) {
    std::string out = "a";
    append_percent_escape('\xFE', out);
    BOOST_TEST(out == "a%FE");
}

BOOST_AUTO_TEST_CASE(half_an_escape_is_none) {
    for (const auto* text : {"%", "%4", "%4g", "%g4", "a%"}) {
        std::string out;
        BOOST_TEST(!append_percent_decoded(text, plus_sign::literal, out), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
