#include "http/client_origin.hpp"
#include "http/exchange.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <vector>

namespace {

using namespace sluice::http; // NOLINT(google-build-using-namespace)

BOOST_AUTO_TEST_SUITE(client_origin)

// Nothing lies behind the last byte of a name here, so that AddressSanitizer sees who reads it.
BOOST_AUTO_TEST_CASE(field_names_are_read_to_their_end_and_no_further) {
    const auto block = sluice::core::parse_address_block("192.0.2.0/24");
    BOOST_REQUIRE(block.has_value());
    const proxy_trust trust{.networks = {*block}};
    constexpr std::string_view wanted = "X-Forwarded-For";
    constexpr std::string_view spelling = "x-forwarded-foR";
    for (std::size_t size = 1; size <= spelling.size(); ++size) {
        const std::vector<char> name(spelling.begin(), spelling.begin() + static_cast<long>(size));
        peer_info proxy{.address = "192.0.2.1", .ip = block->first};
        request in;
        in.peer = &proxy;
        in.head.fields.push_back(
            {.id = {}, .name = {name.data(), name.size()}, .value = "203.0.113.9"});
        BOOST_TEST(find_client(trust, in) == (size == wanted.size()));
        BOOST_TEST(in.peer->address == (size == wanted.size() ? "203.0.113.9" : "192.0.2.1"));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
