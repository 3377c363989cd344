#include "http/request/forwarded.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

namespace core = sluice::core;
namespace http = sluice::http;

namespace {

const std::vector<core::address_block> trusted{*core::parse_address_block("10.0.0.0/8"),
                                               *core::parse_address_block("fd00::/8")};

std::string text_of(const http::forwarded_client& client) {
    return (client.address ? core::to_string(*client.address) : "-") + " " +
           std::string(client.scheme) + " " + std::string(client.host);
}

} // namespace

BOOST_AUTO_TEST_SUITE(forwarded)

BOOST_AUTO_TEST_CASE(x_forwarded_is_read_from_the_right) {
    struct sample {
        std::string_view addresses;
        std::string_view schemes;
        std::string_view hosts;
        std::string_view client;
    };
    const std::vector<sample> samples{
        {"", "", "", "-  "},
        {"192.0.2.1", "https", "a.example", "192.0.2.1 https a.example"},
        {"192.0.2.1", "HTTPS", "", "192.0.2.1 https "},
        {"192.0.2.1", "ftp", "", "192.0.2.1  "},
        // the client's own entries are on the left
        {"127.0.0.1, 192.0.2.1", "", "", "192.0.2.1  "},
        {"127.0.0.1,192.0.2.1", "http, https", "evil, good", "192.0.2.1 https good"},
        // our own proxies are skipped
        {"192.0.2.1, 10.0.0.7", "", "", "192.0.2.1  "},
        {"6.6.6.6, 192.0.2.1, 10.0.0.7, fd00::1", "", "", "192.0.2.1  "},
        {"10.0.0.9, 10.0.0.7", "", "", "10.0.0.9  "},
        // one entry per hop, or one in total
        {"192.0.2.1, 10.0.0.7", "https, http", "a, b", "192.0.2.1 https a"},
        {"192.0.2.1, 10.0.0.7", "https", "a", "192.0.2.1 https a"},
        // ports, brackets
        {"192.0.2.1:4711", "", "", "192.0.2.1  "},
        {"[2001:db8::1]:4711", "", "", "2001:db8::1  "},
        {"[2001:db8::1]", "", "", "2001:db8::1  "},
        {"2001:db8::1", "", "", "2001:db8::1  "},
        {"::ffff:192.0.2.1", "", "", "192.0.2.1  "},
        // an invalid entry ends the walk at the last known hop
        {"192.0.2.1, unknown, 10.0.0.7", "", "", "10.0.0.7  "},
        {"unknown", "", "", "-  "},
        {"192.0.2.1, ", "", "", "-  "},
        {"192.0.2.1:x", "", "", "-  "},
        {"[192.0.2.1]", "", "", "-  "},
        {"192.0.2.1 10.0.0.1", "", "", "-  "},
        {"127.1", "", "", "-  "},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.addresses) {
            BOOST_TEST(text_of(http::read_x_forwarded(each.addresses, each.schemes, each.hosts,
                                                      trusted)) == each.client);
        }
    }
}

BOOST_AUTO_TEST_CASE(forwarded_is_read_by_its_grammar) {
    struct sample {
        std::string_view value;
        std::string_view client;
    };
    const std::vector<sample> samples{
        {"for=192.0.2.1", "192.0.2.1  "},
        {"For=\"192.0.2.1:47\";PROTO=https;host=a.example", "192.0.2.1 https a.example"},
        {"for=\"[2001:db8::1]:4711\"", "2001:db8::1  "},
        {"for=127.0.0.1;host=evil, for=192.0.2.1;host=good", "192.0.2.1  good"},
        {"for=192.0.2.1;proto=https;host=a, for=10.0.0.7;proto=http;host=b", "192.0.2.1 https a"},
        {"for=192.0.2.1 ; by=10.0.0.1 , for=10.0.0.7", "192.0.2.1  "},
        {"for=_hidden", "-  "},
        // a hop that hides its client ends the walk: the entries left of it may be forged
        {"for=6.6.6.6, for=unknown", "-  "},
        {"for=6.6.6.6, for=_hidden", "-  "},
        {"for=6.6.6.6, for=unknown, for=10.0.0.7", "10.0.0.7  "},
        {"for=unknown, for=10.0.0.7;host=x", "10.0.0.7  x"},
        // commas and semicolons within quotes do not separate
        {"for=6.6.6.6;by=\"x,for=127.0.0.1\"", "6.6.6.6  "},
        {"for=6.6.6.6;by=\"x\\\",for=127.0.0.1\"", "6.6.6.6  "},
        {"for=\"192.0.2\\.1\"", "-  "},
        // a malformed field is ignored entirely
        {"", "-  "},
        {"for=192.0.2.1;", "-  "},
        {"for=192.0.2.1,", "-  "},
        {"for=192.0.2.1 x", "-  "},
        {"for 192.0.2.1", "-  "},
        {"for=", "-  "},
        {"for=\"192.0.2.1", "-  "},
        {"for=[2001:db8::1]", "-  "},
        {"for=192.0.2.1:47", "-  "},
        {"for=192.0.2.1;for=127.0.0.1", "-  "},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.value) {
            BOOST_TEST(text_of(http::read_forwarded(each.value, trusted)) == each.client);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_chain_without_end_is_cut) {
    std::string chain = "192.0.2.1";
    std::string elements = "for=192.0.2.1";
    for (int i = 0; i < 100; ++i) {
        chain += ", 10.0.0.7";
        elements += ", for=10.0.0.7";
    }
    BOOST_TEST(text_of(http::read_x_forwarded(chain, "", "", trusted)) == "10.0.0.7  ");
    BOOST_TEST(text_of(http::read_forwarded(elements, trusted)) == "-  ");
}

BOOST_AUTO_TEST_SUITE_END()
