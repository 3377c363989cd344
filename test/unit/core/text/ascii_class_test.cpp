#include "core/text/ascii_class.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace core = sluice::core;

namespace {

/// All characters of the class, in the order of their codes.
template <class Test>
std::string members(Test is_member) {
    std::string all;
    for (int code = 0; code < 256; ++code) {
        const char c = static_cast<char>(code);
        if (is_member(c)) {
            all += c;
        }
    }
    return all;
}

const std::string digits = "0123456789";
const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

} // namespace

BOOST_AUTO_TEST_SUITE(ascii_class)

BOOST_AUTO_TEST_CASE(each_class_has_exactly_its_characters) {
    BOOST_TEST(members(core::is_ascii_digit) == digits);
    BOOST_TEST(members(core::is_ascii_letter) == letters);
    BOOST_TEST(members(core::is_ascii_alphanumeric) == digits + letters);
    BOOST_TEST(members(core::is_unreserved) ==
               "-." + digits + letters.substr(0, 26) + "_" + letters.substr(26) + "~");
    BOOST_TEST(members(core::is_tchar) ==
               "!#$%&'*+-." + digits + letters.substr(0, 26) + "^_`" + letters.substr(26) + "|~");
}

BOOST_AUTO_TEST_CASE(a_token_is_not_empty_and_has_no_separators) {
    BOOST_TEST(core::is_http_token("X-Trace-Id"));
    BOOST_TEST(core::is_http_token("*"));
    for (const auto* text : {"", "a b", "a:b", "a/b", "\"a\"", "\xc3\xa9"}) {
        BOOST_TEST(!core::is_http_token(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
