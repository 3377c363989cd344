#include "core/address/http_url.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice::core;

namespace {

http_url parsed(const std::string& text) {
    std::string fault;
    const auto url = parse_http_url(text, fault);
    BOOST_TEST_REQUIRE(url.has_value(), text << ": " << fault);
    return *url;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_url_suite)

BOOST_AUTO_TEST_CASE(parts) {
    const auto url = parsed("HTTPS://Keys.Example/a/b.json?x=1");
    BOOST_TEST(url.is_secure);
    BOOST_TEST(url.host == "keys.example");
    BOOST_TEST(url.port == 443);
    BOOST_TEST(url.target == "/a/b.json?x=1");
    BOOST_TEST(url.authority() == "keys.example");
    BOOST_TEST(parsed("http://h").target == "/");
    BOOST_TEST(parsed("http://h").port == 80);
    BOOST_TEST(parsed("http://h?q").target == "/?q");
    BOOST_TEST(parsed("http://h:8080/").authority() == "h:8080");
    BOOST_TEST(parsed("https://h:443/").authority() == "h");
    BOOST_TEST(parsed("https://h:80/").authority() == "h:80");
    BOOST_TEST(parsed("http://[::1]:81/").host == "::1");
    BOOST_TEST(parsed("http://[::1]:81/").authority() == "[::1]:81");
    BOOST_TEST(parsed("http://[::1]:81/path?query").base() == "http://[::1]:81");
    BOOST_TEST(parsed("https://H:443/").base() == "https://h");
}

BOOST_AUTO_TEST_CASE(loopback) {
    for (const auto* text : {"http://localhost", "http://127.0.0.1", "http://127.1.2.3:1/",
                             "http://[::1]/", "http://LOCALHOST/x"}) {
        BOOST_TEST(parsed(text).is_loopback(), text);
    }
    // A name that the resolver may take for 127.0.0.1 is no loopback address.
    for (const auto* text : {"http://127.1", "http://localhost.example", "http://10.0.0.1",
                             "http://2130706433", "http://[::2]/"}) {
        BOOST_TEST(!parsed(text).is_loopback(), text);
    }
}

BOOST_AUTO_TEST_CASE(rejected) {
    for (const auto* text : {"",
                             "h/x",
                             "//h",
                             "ftp://h",
                             "https:/h",
                             "https://",
                             "https:///x",
                             "https://u@h/",
                             "https://u:p@h/",
                             "https://h:0/",
                             "https://h:65536/",
                             "https://h:/",
                             "https://h:x/",
                             "https://h/#f",
                             "https://h/a b",
                             "https://h/\r\nX: y",
                             "https://h/\xC3\xA9",
                             "https://h/<x>",
                             "https://[::1",
                             "https://[1.2.3.4]/",
                             "https://[x]/",
                             "https://.h/",
                             "https://h h/",
                             "https://h\\/",
                             "https://[::1]x/"}) {
        std::string fault;
        BOOST_TEST(!parse_http_url(text, fault).has_value(), text);
        BOOST_TEST(!fault.empty(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
