#include "core/text/decimal.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace core = sluice::core;

namespace {

std::string padded(unsigned value, unsigned width) {
    std::array<char, 16> room{};
    return {room.data(), core::put_padded(value, width, room.data())};
}

} // namespace

BOOST_AUTO_TEST_SUITE(decimal)

BOOST_AUTO_TEST_CASE(numbers_are_appended_up_to_the_largest) {
    std::string text = "n=";
    core::append_decimal(0, text);
    core::append_decimal(std::numeric_limits<std::uint64_t>::max(), text);
    BOOST_TEST(text == "n=018446744073709551615");
}

BOOST_AUTO_TEST_CASE(padding_keeps_the_last_digits) {
    BOOST_TEST(padded(7, 2) == "07");
    BOOST_TEST(padded(0, 3) == "000");
    BOOST_TEST(padded(2026, 4) == "2026");
    BOOST_TEST(padded(12345, 4) == "2345");
}

BOOST_AUTO_TEST_CASE(only_whole_numbers_of_the_type_are_read) {
    BOOST_TEST((core::parse_decimal<std::int64_t>("-12") == -12));
    BOOST_TEST((core::parse_decimal<unsigned>("007") == 7U));
    BOOST_TEST((core::parse_decimal<std::uint8_t>("255") == 255));
    for (const std::string_view text : {"", "-", "-1", "+1", " 1", "1 ", "1.0", "0x1", "256"}) {
        BOOST_TEST(!core::parse_decimal<std::uint8_t>(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
