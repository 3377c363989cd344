#include "http/request_id.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <set>
#include <string>

namespace {

using sluice::http::request_ids;

BOOST_AUTO_TEST_SUITE(request_id_)

BOOST_AUTO_TEST_CASE(counts_in_hexadecimal_behind_a_prefix) {
    request_ids ids;
    const auto first = ids.next();
    BOOST_TEST(first.view().size() == 26U);
    BOOST_TEST(first.view().find_first_not_of("0123456789abcdef") == std::string_view::npos);
    BOOST_TEST(first.view().substr(16) == "0000000000");
    for (std::uint64_t i = 1; i < 5000; ++i) {
        const auto one = ids.next();
        BOOST_REQUIRE(one.view().substr(0, 16) == first.view().substr(0, 16));
        BOOST_REQUIRE_EQUAL(std::stoull(std::string(one.view().substr(16)), nullptr, 16), i);
    }
}

BOOST_AUTO_TEST_CASE(prefixes_differ) {
    std::set<std::string> prefixes;
    for (int i = 0; i < 100; ++i) {
        prefixes.emplace(request_ids().next().view().substr(0, 16));
    }
    BOOST_TEST(prefixes.size() == 100U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
