#include "core/address/listen_address.hpp"

#include <boost/test/unit_test.hpp>

namespace core = sluice::core;

BOOST_AUTO_TEST_SUITE(listen_address)

BOOST_AUTO_TEST_CASE(three_kinds) {
    using address = core::listen_address;
    const auto read = [](std::string_view text) {
        return core::parse_listen_address(text).value();
    };
    BOOST_TEST((read("[::]:80") == address(core::host_port{"::", 80})));
    BOOST_TEST((read("unix:/run/s.sock") == address(core::unix_path{"/run/s.sock"})));
    BOOST_TEST((read("systemd") == address(core::passed_socket{})));
    BOOST_TEST((read("systemd:http") == address(core::passed_socket{"http"})));
}

BOOST_AUTO_TEST_CASE(what_is_none_of_them) {
    for (const std::string& text :
         std::vector<std::string>{"", "80", "unix:", "unix:/", "unix:run/s.sock", "unix:/run/",
                                  "unix:@abstract", "unix:/" + std::string(107, 'a'),
                                  std::string("unix:/a\0b", 9), "systemd:", "systemd:a:b",
                                  "systemd:a b", "systemdx", "systemd:" + std::string(256, 'a')}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!core::parse_listen_address(text));
        }
    }
    BOOST_TEST(core::parse_listen_address("unix:/" + std::string(106, 'a')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
