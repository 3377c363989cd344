#include "core/text/any_byte.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

using namespace sluice::core;

BOOST_AUTO_TEST_SUITE(any_byte_suite)

// Every value at every place of texts of every length up to four blocks and a part: against the
// same test of one byte after the other.
BOOST_AUTO_TEST_CASE(finds_what_a_search_byte_by_byte_finds) {
    const auto is_odd = [](auto byte) {
        return (byte < 0x21) | (byte > 0x7E) | (byte == '"') | (byte == '\\');
    };
    const auto is_odd_alone = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x21 || byte > 0x7E || byte == '"' || byte == '\\';
    };
    for (std::size_t size = 1; size < 70; ++size) {
        std::string text(size, 'a');
        BOOST_REQUIRE(!any_byte(text, is_odd));
        for (std::size_t place = 0; place < size; ++place) {
            for (int value = 0; value < 256; ++value) {
                text[place] = static_cast<char>(value);
                BOOST_REQUIRE_EQUAL(any_byte(text, is_odd), is_odd_alone(text[place]));
            }
            text[place] = 'a';
        }
    }
}

BOOST_AUTO_TEST_CASE(sees_no_byte_outside_of_the_text) {
    const std::string frame(100, '#');
    for (std::size_t size = 0; size < 40; ++size) {
        auto text = frame;
        std::fill_n(text.begin() + 30, size, 'a');
        const auto inner = std::string_view(text).substr(30, size);
        BOOST_TEST(!any_byte(inner, [](auto byte) { return byte == '#'; }));
    }
}

BOOST_AUTO_TEST_CASE(an_empty_text_has_no_byte) {
    BOOST_TEST(!any_byte({}, [](auto byte) { return byte == byte; }));
}

BOOST_AUTO_TEST_SUITE_END()
