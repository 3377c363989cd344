#include "core/json/json_quote.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using sluice::core::append_json_quoted;

BOOST_AUTO_TEST_SUITE(json_quote)

BOOST_AUTO_TEST_CASE(every_byte_of_ascii_comes_back) {
    std::string all;
    for (int byte = 0; byte < 0x80; ++byte) {
        all += static_cast<char>(byte);
    }
    all += "\xC3\xA9";
    std::string quoted = "before ";
    append_json_quoted(all, quoted);
    BOOST_TEST(quoted.starts_with("before \""));
    BOOST_TEST(boost::json::parse(quoted.substr(7)).as_string() == all);
}

BOOST_AUTO_TEST_CASE(nothing_that_moves_a_cursor_gets_out) {
    std::string quoted;
    append_json_quoted("a\"\\\n\x1B\x7F", quoted);
    BOOST_TEST(quoted == R"("a\"\\\u000a\u001b\u007f")");
}

BOOST_AUTO_TEST_SUITE_END()
