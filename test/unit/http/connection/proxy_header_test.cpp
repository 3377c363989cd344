#include "http/connection/proxy_header.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

namespace core = sluice::core;
namespace http = sluice::http;
using core::proxy_protocol;
using status = http::proxy_reading::status;

namespace sluice::http {
std::ostream& operator<<(std::ostream& out, proxy_reading::status what) {
    return out << static_cast<int>(what);
}
} // namespace sluice::http

namespace {

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);

std::string extension(char type, const std::string& value) {
    return std::string{type, static_cast<char>(value.size() >> 8U),
                       static_cast<char>(value.size() & 0xFFU)} +
           value;
}

std::string v2(char command, char family, const std::string& rest) {
    return signature + command + family + static_cast<char>(rest.size() >> 8U) +
           static_cast<char>(rest.size() & 0xFFU) + rest;
}

const std::string v4_block("\xC0\x00\x02\x01\x0A\x00\x00\x01\x12\x67\x00\x50",
                           12); // 192.0.2.1:4711
const std::string v6_block = std::string("\x20\x01\x0D\xB8", 4) + std::string(11, '\0') + '\x01' +
                             std::string(16, '\0') + std::string("\x12\x67\x00\x50", 4);
const std::string ssl_client("\x01\0\0\0\0", 5);

} // namespace

BOOST_AUTO_TEST_SUITE(proxy_header)

BOOST_AUTO_TEST_CASE(version_1) {
    struct sample {
        std::string text;
        status now;
        std::string client; // empty: not known
    };
    const std::vector<sample> samples{
        {"PROXY TCP4 192.0.2.1 10.0.0.1 4711 80\r\n", status::complete, "192.0.2.1"},
        {"PROXY TCP6 2001:db8::1 ::1 4711 80\r\n", status::complete, "2001:db8::1"},
        {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 0\r\n", status::complete,
         "255.255.255.255"},
        {"PROXY UNKNOWN\r\n", status::complete, ""},
        {"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", status::complete, ""},
        {"PROXY UNKNOWNX\r\n", status::malformed, ""},
        {"PROXY TCP4 192.0.2.1 10.0.0.1 4711 80\n", status::malformed, ""},
        {"PROXY TCP4 192.0.2.1 10.0.0.1 4711 80 \r\n", status::malformed, ""},
        {"PROXY TCP4 192.0.2.1 10.0.0.1 4711 80 x\r\n", status::malformed, ""},
        {"PROXY TCP4  192.0.2.1 10.0.0.1 4711 80\r\n", status::malformed, ""},
        {"PROXY TCP4 192.0.2.1 10.0.0.1 4711\r\n", status::malformed, ""},
        {"PROXY TCP4 192.0.2.1 10.0.0.1 65536 80\r\n", status::malformed, ""},
        {"PROXY TCP4 192.0.2.1 10.0.0.1 04711 80\r\n", status::malformed, ""},
        {"PROXY TCP4 192.0.2.1 10.0.0.1 -1 80\r\n", status::malformed, ""},
        {"PROXY TCP4 2001:db8::1 ::1 4711 80\r\n", status::malformed, ""},
        {"PROXY TCP6 192.0.2.1 10.0.0.1 4711 80\r\n", status::malformed, ""},
        {"PROXY TCP4 192.0.2.001 10.0.0.1 4711 80\r\n", status::malformed, ""},
        {"PROXY TCP4 localhost 10.0.0.1 4711 80\r\n", status::malformed, ""},
        {"PROXY TCP5 192.0.2.1 10.0.0.1 4711 80\r\n", status::malformed, ""},
        {"proxy TCP4 192.0.2.1 10.0.0.1 4711 80\r\n", status::malformed, ""},
        {"PROXY \r\n       ", status::malformed, ""},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", status::malformed, ""},
        {"G", status::malformed, ""},
        {"", status::need_more, ""},
        {"P", status::need_more, ""},
        {"PROXY TCP4 192.0.2.1", status::need_more, ""},
        {"PROXY UNKNOWN " + std::string(91, 'x') + "\r\n", status::complete, ""}, // 107 bytes
        {"PROXY UNKNOWN " + std::string(92, 'x') + "\r\n", status::malformed, ""},
        {"PROXY UNKNOWN " + std::string(93, 'x'), status::malformed, ""},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.text) {
            const auto read = http::read_proxy_header(each.text, proxy_protocol::v1);
            BOOST_TEST(read.now == each.now);
            if (each.now == status::complete) {
                BOOST_TEST(read.size == each.text.size());
                BOOST_TEST(read.client.is_known == !each.client.empty());
                BOOST_TEST(
                    (each.client.empty() || core::to_string(read.client.address) == each.client));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(version_2) {
    struct sample {
        std::string name;
        std::string bytes;
        status now;
        std::string client;
    };
    const std::vector<sample> samples{
        {"TCP4", v2('\x21', '\x11', v4_block), status::complete, "192.0.2.1"},
        {"TCP6", v2('\x21', '\x21', v6_block), status::complete, "2001:db8::1"},
        {"UNIX", v2('\x21', '\x31', std::string(216, 'p')), status::complete, "::"},
        {"LOCAL", v2('\x20', '\x00', ""), status::complete, ""},
        {"LOCAL with a block", v2('\x20', '\x11', v4_block), status::complete, ""},
        {"LOCAL, any family", v2('\x20', '\x7F', "xyz"), status::complete, ""},
        {"UNSPEC", v2('\x21', '\x00', ""), status::complete, ""},
        {"UNSPEC with a block", v2('\x21', '\x00', "whatever"), status::complete, ""},
        {"extension", v2('\x21', '\x11', v4_block + extension('\x05', "id")), status::complete,
         "192.0.2.1"},
        {"empty extension", v2('\x21', '\x11', v4_block + extension('\x04', "")), status::complete,
         "192.0.2.1"},
        {"extension cut", v2('\x21', '\x11', v4_block + std::string("\x05\x00\x03id", 5)),
         status::malformed, ""},
        {"extension head cut", v2('\x21', '\x11', v4_block + "\x05"), status::malformed, ""},
        {"block too short", v2('\x21', '\x11', v4_block.substr(1)), status::malformed, ""},
        {"v6 block too short", v2('\x21', '\x21', v4_block), status::malformed, ""},
        {"datagram", v2('\x21', '\x12', v4_block), status::malformed, ""},
        {"no such family", v2('\x21', '\x41', v4_block), status::malformed, ""},
        {"no such command", v2('\x22', '\x11', v4_block), status::malformed, ""},
        {"no such version", v2('\x11', '\x11', v4_block), status::malformed, ""},
        {"ssl too short", v2('\x21', '\x11', v4_block + extension('\x20', "abc")),
         status::malformed, ""},
        {"checksum wrong", v2('\x21', '\x11', v4_block + extension('\x03', "abcd")),
         status::malformed, ""},
        {"checksum of a wrong size", v2('\x21', '\x11', v4_block + extension('\x03', "abc")),
         status::malformed, ""},
        {"longest", v2('\x21', '\x11', v4_block + extension('\x04', std::string(4065, 'n'))),
         status::complete, "192.0.2.1"},
        {"too long", v2('\x21', '\x11', v4_block + extension('\x04', std::string(4066, 'n'))),
         status::malformed, ""},
        {"signature spoilt", "\r\n\r\nX", status::malformed, ""},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.name) {
            const auto read = http::read_proxy_header(each.bytes + "GET /", proxy_protocol::v2);
            BOOST_TEST(read.now == each.now);
            if (each.now == status::complete) {
                BOOST_TEST(read.size == each.bytes.size());
                BOOST_TEST(read.client.is_known == !each.client.empty());
                BOOST_TEST(
                    (each.client.empty() || core::to_string(read.client.address) == each.client));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(every_cut_asks_for_more_and_at_most_to_the_end) {
    for (const auto& whole : {v2('\x21', '\x11', v4_block + extension('\x05', "id")),
                              std::string("PROXY TCP4 192.0.2.1 10.0.0.1 4711 80\r\n")}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            BOOST_TEST_CONTEXT(size) {
                const auto read =
                    http::read_proxy_header(whole.substr(0, size), proxy_protocol::any);
                BOOST_TEST(read.now == status::need_more);
                BOOST_TEST(read.size > size);
                BOOST_TEST(read.size <= whole.size());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(tls_at_the_balancer_is_seen) {
    const auto read = [](const std::string& extensions) {
        return http::read_proxy_header(v2('\x21', '\x11', v4_block + extensions),
                                       proxy_protocol::any);
    };
    BOOST_TEST(read(extension('\x20', ssl_client)).client.is_secure);
    BOOST_TEST(!read(extension('\x20', std::string(5, '\0'))).client.is_secure);
    BOOST_TEST(!read("").client.is_secure);
}

BOOST_AUTO_TEST_CASE(a_good_checksum) {
    const auto header = v2('\x21', '\x11', v4_block + extension('\x03', "\xD4\x57\xB5\x81"));
    BOOST_TEST(http::read_proxy_header(header, proxy_protocol::v2).now == status::complete);
}

BOOST_AUTO_TEST_CASE(only_what_is_allowed) {
    const auto one = std::string("PROXY UNKNOWN\r\n");
    const auto two = v2('\x20', '\x00', "");
    BOOST_TEST(http::read_proxy_header(one, proxy_protocol::v2).now == status::malformed);
    BOOST_TEST(http::read_proxy_header(two, proxy_protocol::v1).now == status::malformed);
    BOOST_TEST(http::read_proxy_header(one, proxy_protocol::any).now == status::complete);
    BOOST_TEST(http::read_proxy_header(two, proxy_protocol::any).now == status::complete);
}

BOOST_AUTO_TEST_SUITE_END()
