#include "core/address/ip_address.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace core = sluice::core;

namespace {

core::ip_address address(std::string_view text) {
    const auto parsed = core::parse_ip_address(text);
    BOOST_REQUIRE_MESSAGE(parsed, text);
    return *parsed;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ip_address)

BOOST_AUTO_TEST_CASE(one_kind_for_both_families) {
    BOOST_TEST((address("192.0.2.1") == address("::ffff:192.0.2.1")));
    BOOST_TEST((address("192.0.2.1") != address("::192.0.2.1")));
    BOOST_TEST((address("2001:db8:0::1") == address("2001:DB8::0:1")));
    BOOST_TEST(core::is_ipv4(address("0.0.0.0")));
    BOOST_TEST(!core::is_ipv4(address("::")));
}

BOOST_AUTO_TEST_CASE(text_form_and_loopback) {
    struct sample {
        std::string_view text;
        std::string_view canonical;
        bool is_loopback;
    };
    const std::vector<sample> samples{
        {"192.0.2.1", "192.0.2.1", false},
        {"127.8.9.1", "127.8.9.1", true},
        {"::1", "::1", true},
        {"2001:DB8:0::1", "2001:db8::1", false},
        {"::ffff:127.0.0.1", "127.0.0.1", true},
        {"::", "::", false},
        {"::127.0.0.1", "::127.0.0.1", false},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.text) {
            BOOST_TEST(core::to_string(address(each.text)) == each.canonical);
            BOOST_TEST(core::is_loopback(address(each.text)) == each.is_loopback);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_address) {
    using namespace std::string_view_literals;
    for (const auto text : {""sv, "1.2.3"sv, "1.2.3.4.5"sv, "256.1.1.1"sv, "01.2.3.4"sv, "::g"sv,
                            "[::1]"sv, "::1%eth0"sv, "1.2.3.4 "sv, "1.2.3.4\0x"sv, "host"sv}) {
        BOOST_TEST(!core::parse_ip_address(text), text);
        BOOST_TEST(!core::parse_address_block(text), text);
    }
}

BOOST_AUTO_TEST_CASE(a_peer_is_an_ipv4_address_or_a_64) {
    BOOST_TEST((core::peer_of(address("192.0.2.1")) == address("192.0.2.1")));
    BOOST_TEST((core::peer_of(address("192.0.2.1")) != core::peer_of(address("192.0.2.2"))));
    BOOST_TEST((core::peer_of(address("2001:db8:1:2:3:4:5:6")) == address("2001:db8:1:2::")));
    BOOST_TEST(
        (core::peer_of(address("2001:db8:1:2::")) != core::peer_of(address("2001:db8:1:3::"))));
}

BOOST_AUTO_TEST_CASE(blocks_hold_what_shares_their_prefix) {
    struct sample {
        const char* block;
        const char* one;
        bool holds;
    };
    const std::vector<sample> samples{
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.0/8", "::10.0.0.1", false},
        {"172.16.0.0/12", "172.31.255.255", true},
        {"172.16.0.0/12", "172.32.0.0", false},
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.6", false},
        {"192.0.2.6/31", "192.0.2.7", true},
        {"192.0.2.7/32", "192.0.2.7", true},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "2001:db8::1", true},
        {"::/0", "203.0.113.9", true},
        {"fc00::/7", "fdff::1", true},
        {"fc00::/7", "fe00::1", false},
        {"::1", "::1", true},
        {"2001:db8::/33", "2001:db8:7fff::", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::ffff:10.0.0.0/104", "10.1.1.1", true},
    };
    for (const auto& one : samples) {
        BOOST_TEST_CONTEXT(one.block << " " << one.one) {
            const auto block = core::parse_address_block(one.block);
            BOOST_REQUIRE(block);
            BOOST_TEST(block->contains(address(one.one)) == one.holds);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_block) {
    for (const auto* text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/8 ", "/8",
                             "10.0.0.0/-1", "10.1.2.3/8", "::1/127", "::/129", "10.0.0.0/8/8"}) {
        BOOST_TEST(!core::parse_address_block(text), text);
    }
}

BOOST_AUTO_TEST_CASE(lists) {
    const std::vector<core::address_block> blocks{*core::parse_address_block("10.0.0.0/8"),
                                                  *core::parse_address_block("::1")};
    BOOST_TEST(core::contains(blocks, address("10.1.1.1")));
    BOOST_TEST(core::contains(blocks, address("::1")));
    BOOST_TEST(!core::contains(blocks, address("127.0.0.1")));
    BOOST_TEST(!core::contains({}, address("127.0.0.1")));
}

BOOST_AUTO_TEST_SUITE_END()
