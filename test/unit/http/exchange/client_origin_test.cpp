#include "http/exchange/client_origin.hpp"
#include "http/exchange/exchange.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace sluice::http; // NOLINT(google-build-using-namespace)

BOOST_AUTO_TEST_SUITE(client_origin)

// The name ends at the end of its buffer, so that AddressSanitizer detects a read beyond it.
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

BOOST_AUTO_TEST_CASE(a_request_is_called_what_the_proxy_calls_it) {
    constexpr std::string_view parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    constexpr std::string_view trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    struct row {
        std::vector<std::pair<std::string_view, std::string_view>> fields;
        std::string_view wanted; // empty: none
    };
    for (const row& one : std::vector<row>{
             {{}, ""},
             {{{"X-Request-Id", "abc-1"}}, "abc-1"},
             {{{"x-request-id", "abc-1"}, {"traceparent", parent}}, "abc-1"},
             {{{"Traceparent", parent}}, trace},
             {{{"X-Request-Id", "no name"}, {"traceparent", parent}}, trace},
             {{{"X-Request-Id", "abc-1"}, {"X-Request-Id", "abc-2"}}, ""}, // whose is it?
             {{{"traceparent", "garbage"}}, ""},
             {{{"traceparent", parent}, {"traceparent", parent}}, ""}, // which one?
         }) {
        request_head head;
        for (const auto& [name, value] : one.fields) {
            head.fields.push_back({.id = {}, .name = name, .value = value});
        }
        const auto found = find_request_id(head, find_trace(head));
        BOOST_TEST((found ? found->view() : "") == one.wanted);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
