#include "core/address/host_port.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace core = sluice::core;

BOOST_AUTO_TEST_SUITE(host_port)

BOOST_AUTO_TEST_CASE(good_ones) {
    struct sample {
        std::string_view text;
        core::host_port parsed;
    };
    const std::vector<sample> samples{
        {"127.0.0.1:8080", {"127.0.0.1", 8080}}, {"0.0.0.0:0", {"0.0.0.0", 0}},
        {"[::1]:8080", {"::1", 8080}},           {"[::]:65535", {"::", 65535}},
        {"localhost:80", {"127.0.0.1", 80}},     {"[2001:db8::7]:443", {"2001:db8::7", 443}},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.text) {
            BOOST_TEST((core::parse_host_port(each.text) == each.parsed));
        }
    }
}

BOOST_AUTO_TEST_CASE(bad_ones) {
    const std::vector<std::string_view> samples{
        "",
        ":",
        "8080",
        ":8080",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:+1",
        "127.0.0.1: 1",
        "127.0.0.1:80x",
        "256.0.0.1:80",
        "1.2.3:80",
        "::1:8080",
        "[::1]",
        "[]:80",
        "[127.0.0.1]:80",
        "[::1:80",
        "example.com:80",
        "*:80",
        std::string_view("127.0.0.1\0:80", 13),
        "[fe80::1%eth0]:80",
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each) {
            BOOST_TEST((core::parse_host_port(each) == std::nullopt));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
