#include "http/request/request_id.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace {

using sluice::http::request_id;
using sluice::http::request_ids;

BOOST_AUTO_TEST_SUITE(request_id_)

constexpr std::string_view hex = "0123456789abcdef";

BOOST_AUTO_TEST_CASE(ids_share_a_prefix_and_tell_no_count) {
    request_ids ids;
    const auto first = ids.next();
    BOOST_TEST(first.view().size() == 32U);
    std::set<std::string> seen{std::string(first.view())};
    std::size_t larger = 0;
    for (int i = 1; i < 5000; ++i) {
        const auto one = ids.next();
        BOOST_REQUIRE(one.view().find_first_not_of(hex) == std::string_view::npos);
        BOOST_REQUIRE(one.view().substr(0, 16) == first.view().substr(0, 16));
        larger += one.view() > *seen.rbegin() ? 1U : 0U;
        seen.emplace(one.view());
    }
    BOOST_TEST(seen.size() == 5000U);
    BOOST_TEST(larger < 50U); // a count would have it 4999 times; chance has it 9 times
}

BOOST_AUTO_TEST_CASE(boundaries_are_no_part_of_any_id) {
    request_ids ids;
    const auto id = ids.next();
    std::set<std::string> halves;
    for (int i = 0; i < 1000; ++i) {
        const auto boundary = ids.boundary();
        BOOST_REQUIRE_EQUAL(boundary.size(), 38U); // at most 70: RFC 2046 §5.1.1
        BOOST_REQUIRE(boundary.starts_with("parts-"));
        BOOST_REQUIRE(boundary.find_first_not_of(hex, 6) == std::string::npos);
        halves.insert(boundary.substr(6, 16));
        halves.insert(boundary.substr(22));
    }
    BOOST_TEST(halves.size() == 2000U);
    BOOST_TEST(!halves.contains(std::string(id.view().substr(0, 16))));
    for (int i = 0; i < 2000; ++i) {
        BOOST_REQUIRE(!halves.contains(std::string(ids.next().view().substr(16))));
    }
}

BOOST_AUTO_TEST_CASE(prefixes_differ) {
    std::set<std::string> prefixes;
    for (int i = 0; i < 100; ++i) {
        prefixes.emplace(request_ids().next().view().substr(0, 16));
    }
    BOOST_TEST(prefixes.size() == 100U);
}

BOOST_AUTO_TEST_CASE(a_name_is_adopted_as_it_is) {
    const std::string longest(64, 'x');
    for (const std::string_view text :
         {"a", "0af7651916cd43dd8448eb211c80319c", "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
          "Root_1.2-3", longest.c_str()}) {
        const auto adopted = request_id::adopt(text);
        BOOST_REQUIRE(adopted.has_value());
        BOOST_TEST(adopted->view() == text);
    }
    using namespace std::string_view_literals;
    const std::string too_long(65, 'x');
    for (const std::string_view text : {""sv, "a b"sv, "a,b"sv, "a\"b"sv, "a\nb"sv, "a\0b"sv,
                                        "a/b"sv, "\xc3\xa9"sv, std::string_view(too_long)}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!request_id::adopt(text).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(numbers_are_ids_of_spans) {
    request_ids ids;
    const auto one = ids.next();
    const auto other = ids.next();
    BOOST_TEST(one.number().size() == 16U);
    BOOST_TEST(one.number() != other.number());
    BOOST_TEST(one.view().ends_with(one.number()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
