#include "core/address/web_origin.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace core = sluice::core;

BOOST_AUTO_TEST_SUITE(web_origin)

BOOST_AUTO_TEST_CASE(origins) {
    for (const std::string_view good :
         {"https://a.example", "http://a.example:8080", "https://a.example:80",
          "http://localhost:3000", "http://127.0.0.1:5000", "http://[::1]:3000", "http://[::1]",
          "capacitor://localhost", "https://xn--bcher-kva.example"}) {
        BOOST_TEST_CONTEXT(good) {
            BOOST_TEST(core::objection_to_origin(good) == "");
        }
    }
    for (const std::string_view bad : {"",
                                       "null",
                                       "*",
                                       "a.example",
                                       "//a.example",
                                       "https:/a.example",
                                       "https://",
                                       "https://a.example/",
                                       "https://a.example/app",
                                       "https://a.example?x",
                                       "https://a.example#x",
                                       "https://user@a.example",
                                       "https://*.a.example",
                                       "https://A.example",
                                       "HTTPS://a.example",
                                       "https://a.example:443",
                                       "http://a.example:80",
                                       "https://a.example:0",
                                       "https://a.example:65536",
                                       "https://a.example:",
                                       "https://a.example:08080",
                                       "https://a.example:x",
                                       "https://a b.example",
                                       "https://[::1",
                                       "1http://a.example",
                                       "https://a.example,https://b.example",
                                       "https://b\xC3\xBC"
                                       "cher.example"}) {
        BOOST_TEST_CONTEXT(bad) {
            BOOST_TEST(core::objection_to_origin(bad) != "");
        }
    }
}

BOOST_AUTO_TEST_CASE(base_urls) {
    for (const std::string_view good :
         {"https://a.example", "http://a.example:8080", "https://a.example/media",
          "https://a.example/a/b%20c", "https://A.example", "http://[::1]:8080/x"}) {
        BOOST_TEST_CONTEXT(good) {
            BOOST_TEST(core::objection_to_base_url(good) == "");
        }
    }
    for (const std::string_view bad :
         {"", "a.example", "ftp://a.example", "https://a.example/", "https://a.example/media/",
          "https://a.example?x=1", "https://a.example/x?y", "https://a.example/#x",
          "https://user:pass@a.example", "https://a.example//x", "https://a.example/../x",
          "https://a.example/./x", "https://a.example/%", "https://a.example/%2",
          "https://a.example/%zz", "https://a.example/a b", "https://a.example/<x>",
          "https://a.example:99999"}) {
        BOOST_TEST_CONTEXT(bad) {
            BOOST_TEST(core::objection_to_base_url(bad) != "");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
