#include "core/download/byte_range.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <regex>
#include <string>
#include <type_traits>
#include <vector>

namespace sluice::core {

namespace {

using kind = range_outcome::kind;
using slices = std::vector<byte_slice>;

constexpr std::uint64_t largest = 0xFFFF'FFFF'FFFF'FFFF;

static_assert(noexcept(resolve_range(std::string_view{}, 0)));
static_assert(std::is_trivially_destructible_v<range_outcome>, "an outcome owns no heap memory");

void check(std::string_view field, std::uint64_t size, kind what, const slices& wanted) {
    BOOST_TEST_CONTEXT("Range: " << field.substr(0, 80) << " of " << size) {
        const auto got = resolve_range(field, size);
        BOOST_CHECK(got.what == what);
        BOOST_CHECK(std::ranges::equal(got.slices.view(), wanted));
    }
}

struct row {
    std::string_view field;
    std::uint64_t size;
    slices wanted;
};

std::string repeated(std::string_view element, std::size_t times) {
    std::string field = "bytes=";
    for (std::size_t i = 0; i < times; ++i) {
        field.append(i == 0 ? "" : ",").append(element);
    }
    return field;
}

/// "bytes=0-0,2-2,4-4,…"
std::string scattered(std::size_t ranges) {
    std::string field = "bytes=";
    for (std::size_t i = 0; i < ranges; ++i) {
        const auto position = std::to_string(2 * i);
        field.append(i == 0 ? "" : ",").append(position).append("-").append(position);
    }
    return field;
}

} // namespace

BOOST_AUTO_TEST_SUITE(core_byte_range)

BOOST_AUTO_TEST_CASE(serves_ranges_that_lie_in_the_file) {
    const row rows[] = {
        {"bytes=0-0", 10, {{0, 1}}},
        {"bytes=0-9", 10, {{0, 10}}},
        {"bytes=3-", 10, {{3, 7}}},
        {"bytes=-1", 10, {{9, 1}}},
        {"bytes=-10", 10, {{0, 10}}},
        {"bytes=9-9", 10, {{9, 1}}},
        {"bytes=0-0,-1", 10, {{0, 1}, {9, 1}}},
        {"bytes=5-6,0-1", 10, {{5, 2}, {0, 2}}},
        {"bytes=00-0001", 10, {{0, 2}}},
        {"bytes=0-", 1, {{0, 1}}},
        {"bytes=0-", largest, {{0, largest}}},
        {"bytes=-18446744073709551615", largest, {{0, largest}}},
        {"bytes=18446744073709551614-", largest, {{largest - 1, 1}}},
    };
    for (const auto& [field, size, wanted] : rows) {
        check(field, size, kind::satisfiable, wanted);
    }
}

BOOST_AUTO_TEST_CASE(
    clamps_what_reaches_beyond_the_end) { // docs/security.md, threat 25, CVE-2017-7529
    const row rows[] = {
        {"bytes=0-10", 10, {{0, 10}}},
        {"bytes=9-99", 10, {{9, 1}}},
        {"bytes=-11", 10, {{0, 10}}},
        {"bytes=-9223372036854775808", 10, {{0, 10}}},
        {"bytes=-18446744073709551616", 10, {{0, 10}}},
        {"bytes=0-99999999999999999999", 10, {{0, 10}}},
        {"bytes=2-18446744073709551615", 10, {{2, 8}}},
        {"bytes=2-18446744073709551616", 10, {{2, 8}}},
        {"bytes=1-340282366920938463463374607431768211456", 10, {{1, 9}}},
        {"bytes=000000000000000000000000000001-2", 10, {{1, 2}}},
        {"bytes=1-18446744073709551615", largest, {{1, largest - 1}}},
    };
    for (const auto& [field, size, wanted] : rows) {
        check(field, size, kind::satisfiable, wanted);
    }
}

BOOST_AUTO_TEST_CASE(drops_bad_ranges_beside_a_good_one) { // docs/security.md, threat 27
    check("bytes=0-9,999999999-", 100, kind::satisfiable, {{0, 10}});
    check("bytes=100-,0-9,-0", 100, kind::satisfiable, {{0, 10}});
    check("bytes=18446744073709551616-,-1", 100, kind::satisfiable, {{99, 1}});
}

BOOST_AUTO_TEST_CASE(is_unsatisfiable_beyond_the_end) { // docs/security.md, threats 25, 28
    for (const auto* field :
         {"bytes=10-", "bytes=10-10", "bytes=11-", "bytes=-0", "bytes=-000",
          "bytes=18446744073709551615-", "bytes=18446744073709551616-", "bytes=10-,11-,-0",
          "bytes=99999999999999999999-99999999999999999999"}) {
        check(field, 10, kind::unsatisfiable, {});
    }
    check("bytes=18446744073709551615-", largest, kind::unsatisfiable, {});
}

BOOST_AUTO_TEST_CASE(finds_nothing_in_an_empty_file) { // docs/security.md, threat 28
    for (const auto* field : {"bytes=0-", "bytes=0-0", "bytes=-0", "bytes=-000", "bytes=0-,-0"}) {
        check(field, 0, kind::unsatisfiable, {});
    }
}

BOOST_AUTO_TEST_CASE(
    the_end_of_an_empty_file_is_all_of_it) { // docs/security.md, threat 28, RFC 9110 §14.1.2
    for (const auto* field : {"bytes=-1", "bytes=-5", "bytes=-18446744073709551616", "bytes=0-,-1",
                              "bytes=-1,0-", "bytes=-0,-1"}) {
        check(field, 0, kind::ignored, {});
    }
    check("bytes=-1,x", 0, kind::unsatisfiable, {});
}

BOOST_AUTO_TEST_CASE(numbers_beyond_64_bits_have_an_order) {
    for (const auto* field : {"bytes=18446744073709551617-18446744073709551616",
                              "bytes=99999999999999999999-99999999999999999998",
                              "bytes=0-1,99999999999999999999-99999999999999999998",
                              "bytes=0-1,100000000000000000000-99999999999999999999",
                              "bytes=0-1,100000000000000000000-00099999999999999999",
                              "bytes=0-1,1-00", "bytes=0-1,01-0"}) {
        check(field, 10, kind::unsatisfiable, {});
    }
    for (const auto* field : {"bytes=0-1,99999999999999999998-99999999999999999999",
                              "bytes=0-1,99999999999999999999-0099999999999999999999",
                              "bytes=0-1,00099999999999999999-100000000000000000000"}) {
        check(field, 10, kind::satisfiable, {{0, 2}});
    }
}

BOOST_AUTO_TEST_CASE(is_unsatisfiable_when_malformed) { // docs/security.md, threat 26
    for (const auto* field : {"bytes=",
                              "bytes=,",
                              "bytes= ,\t,",
                              "bytes=alpha",
                              "bytes=-",
                              "bytes=--1",
                              "bytes=5",
                              "bytes=5-2",
                              "bytes=0-1,5-2",
                              "bytes=5-2,0-1",
                              "bytes=0-1;2-3",
                              "bytes=0-1 2-3",
                              "bytes=0-1,x",
                              "bytes=+0-1",
                              "bytes=0-+1",
                              "bytes=0x0-0x1",
                              "bytes=0 -1",
                              "bytes=0- 1",
                              "bytes=0--1",
                              "bytes=0-1-2",
                              "bytes=-1-",
                              "bytes==0-1",
                              "bytes=0-1=",
                              "bytes=1.0-2",
                              "bytes=\xD9\xA0-\xD9\xA1",
                              "bytes=0-1, bytes=2-3",
                              "bytes=*",
                              "bytes=0-\v"}) {
        check(field, 10, kind::unsatisfiable, {});
    }
    check(std::string_view("bytes=0-1\0", 10), 10, kind::unsatisfiable, {});
}

BOOST_AUTO_TEST_CASE(ignores_other_units) { // docs/security.md, threat 26
    for (const auto* field :
         {"", "=", "=0-1", "items=0-1", "items=,", "bytes", "bytes 0-1", "byte=0-1", "bytess=0-1",
          "bytes =0-1", " bytes=0-1", "none", "0-1", "b\xD9tes=0-1", "BYTE\x13=0-1"}) {
        check(field, 10, kind::ignored, {});
    }
}

BOOST_AUTO_TEST_CASE(knows_the_unit_in_any_case) {
    for (const auto* field : {"Bytes=0-1", "BYTES=0-1", "bYtEs=0-1"}) {
        check(field, 10, kind::satisfiable, {{0, 2}});
    }
}

BOOST_AUTO_TEST_CASE(skips_empty_elements_and_whitespace) {
    for (const auto* field : {"bytes=0-1,", "bytes=,0-1", "bytes=,,0-1,,", "bytes= 0-1",
                              "bytes=\t0-1 \t, ,", "bytes=0-1 "}) {
        check(field, 10, kind::satisfiable, {{0, 2}});
    }
    check("bytes=0-1 ,\t4-5", 10, kind::satisfiable, {{0, 2}, {4, 2}});
    check("bytes=" + std::string(100'000, ',') + "0-1", 10, kind::satisfiable, {{0, 2}});
}

BOOST_AUTO_TEST_CASE(ignores_more_than_max_overlaps) { // docs/security.md, threat 24, CVE-2011-3192
    check("bytes=0-5,5-9", 20, kind::satisfiable, {{0, 6}, {5, 5}});
    check("bytes=0-5,5-9,9-12", 20, kind::satisfiable, {{0, 6}, {5, 5}, {9, 4}});
    check("bytes=0-5,5-9,9-12,12-15", 20, kind::ignored, {});
    check("bytes=0-,0-", 20, kind::satisfiable, {{0, 20}, {0, 20}});
    check("bytes=0-,0-,0-", 20, kind::ignored, {});
    check("bytes=0-4,10-14,5-9,15-19", 20, kind::satisfiable, {{0, 5}, {10, 5}, {5, 5}, {15, 5}});
    check("bytes=0-,-1,50-,51-", 20, kind::satisfiable, {{0, 20}, {19, 1}});
    check(repeated("0-", 1000), 20, kind::ignored, {});
}

BOOST_AUTO_TEST_CASE(ignores_more_than_max_ranges) { // docs/security.md, threat 24
    const auto outcome = resolve_range(scattered(max_ranges), 1000);
    BOOST_CHECK(outcome.what == kind::satisfiable);
    BOOST_TEST(outcome.slices.size() == max_ranges);
    check(scattered(max_ranges + 1), 1000, kind::ignored, {});
    check(scattered(5000), 100'000, kind::ignored, {});
    check(repeated("999999-", max_ranges), 1000, kind::unsatisfiable, {});
    check(repeated("999999-", max_ranges + 1), 1000, kind::ignored, {});
    check(scattered(max_ranges + 1) + ",junk", 1000, kind::ignored, {});
}

// The form of a resume, against the same rule as a regular expression: RFC 9110 §14.1.1, one
// int-range, first above 0, last not below first.
BOOST_AUTO_TEST_CASE(what_continues_a_download) {
    const std::regex form("[bB][yY][tT][eE][sS]=([0-9]+)-([0-9]*)");
    const auto model = [&form](const std::string& text) {
        std::smatch parts;
        if (!std::regex_match(text, parts, form)) {
            return false;
        }
        const auto number = [](std::string digits) {
            return digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
        };
        const auto first = number(parts[1].str());
        const auto last = number(parts[2].str());
        const bool is_open = parts[2].length() == 0;
        return !first.empty() && (is_open || last.size() > first.size() ||
                                  (last.size() == first.size() && last >= first));
    };
    std::mt19937 random(20261128);
    const std::array<std::string_view, 22> pieces{"bytes",
                                                  "Bytes",
                                                  "byte",
                                                  "=",
                                                  "-",
                                                  ",",
                                                  " ",
                                                  "0",
                                                  "1",
                                                  "5",
                                                  "9",
                                                  "00",
                                                  "10",
                                                  "99",
                                                  "18446744073709551616",
                                                  "99999999999999999999999",
                                                  "\t",
                                                  "+",
                                                  "x",
                                                  "bytes=",
                                                  "1-",
                                                  "="};
    std::size_t admitted = 0;
    for (int i = 0; i < 50'000; ++i) {
        std::string text = random() % 4 != 0 ? "bytes=" : "";
        for (auto n = random() % 6; n > 0; --n) {
            text += pieces[random() % pieces.size()];
        }
        const bool is_one = is_continuation(text);
        admitted += is_one ? 1 : 0;
        BOOST_REQUIRE_MESSAGE(is_one == model(text), text);
    }
    BOOST_TEST(admitted > 500U);
    for (const auto* text : {"bytes=1-", "bytes=1-1", "BYTES=007-",
                             "bytes=5-99999999999999999999999", "bytes=99999999999999999999999-"}) {
        BOOST_TEST(is_continuation(text), text);
    }
    for (const auto* text : {"",
                             "bytes",
                             "bytes=",
                             "bytes=-",
                             "bytes=-5",
                             "bytes=0-",
                             "bytes=00-5",
                             "bytes=0-0",
                             "bytes=1-,",
                             "bytes=,1-",
                             "bytes=1-2,3-4",
                             "bytes= 1-",
                             "bytes=1- ",
                             "bytes =1-",
                             "bytes=2-1",
                             "bytes=1--",
                             "bytes=1-2-",
                             "items=1-",
                             "bytes=+1-",
                             "bytes=0x1-",
                             "bytes=1-99999999999999999999999x",
                             "bytes=20000000000000000000000-9"}) {
        BOOST_TEST(!is_continuation(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
