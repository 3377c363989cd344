#include "http/request/target.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace sluice::http;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(target)

BOOST_AUTO_TEST_CASE(origin_form_is_cut_at_the_first_question_mark) {
    const auto parts = split_target("/a/b?x=1?y");
    BOOST_REQUIRE(parts);
    BOOST_TEST(parts->path == "/a/b");
    BOOST_TEST(parts->query == "x=1?y");
    BOOST_TEST(!parts->authority);
}

BOOST_AUTO_TEST_CASE(absolute_form_gives_its_authority) {
    const auto parts = split_target("HTTP://Example.org:80/a?b");
    BOOST_REQUIRE(parts);
    BOOST_TEST(parts->path == "/a");
    BOOST_TEST(parts->query == "b");
    BOOST_TEST(*parts->authority == "Example.org:80");
    const auto bare = split_target("http://example.org");
    BOOST_REQUIRE(bare);
    BOOST_TEST(bare->path == "/");
    const auto query_only = split_target("http://example.org?q");
    BOOST_REQUIRE(query_only);
    BOOST_TEST(query_only->query == "q");
}

BOOST_AUTO_TEST_CASE(what_is_no_uri_is_refused) {
    for (const auto text : {"a/b"sv, ""sv, "../x"sv, "/a#b"sv, "/a\\b"sv, "/a\"b"sv, "/a<b"sv,
                            "/a>b"sv, "/caf\xC3\xA9"sv, "/a\x7F"sv, "/a b"sv, "/a\0b"sv,
                            "ftp://h/a"sv, "http:///a"sv, "http://u@h/a"sv, "host:443"sv}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!split_target(text));
        }
    }
}

BOOST_AUTO_TEST_CASE(characters_that_browsers_leave_as_they_are) {
    const auto parts = split_target("/a|b^c`d{e}?f=|^`{}");
    BOOST_REQUIRE(parts);
    BOOST_TEST(parts->query == "f=|^`{}");
    path_segments segments;
    BOOST_REQUIRE(segments.parse(parts->path));
    BOOST_TEST(segments.view().front() == "a|b^c`d{e}");
}

struct path_case {
    std::string_view path;
    std::vector<std::string> segments;
};

BOOST_AUTO_TEST_CASE(good_paths_are_decoded_once) {
    const std::vector<path_case> cases{
        {"/", {}},
        {"/a", {"a"}},
        {"/a/b.mp4", {"a", "b.mp4"}},
        {"/a%20b", {"a b"}},
        {"/a+b", {"a+b"}},
        {"/%252e%252e%252f", {"%2e%2e%2f"}}, // row 13
        {"/caf%C3%A9", {"caf\xC3\xA9"}},
        {"/...", {"..."}},
        {"/a;b", {"a;b"}},
        {"/%EF%BC%8F", {"\xEF\xBC\x8F"}}, // row 17: a fullwidth solidus is no separator
    };
    path_segments segments;
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.path) {
            BOOST_TEST(segments.parse(one.path));
            BOOST_TEST(std::vector<std::string>(segments.view().begin(), segments.view().end()) ==
                           one.segments,
                       boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(bad_paths_are_refused_rows_11_to_16) {
    path_segments segments;
    for (const auto path : {""sv,
                            "a"sv,
                            "//a"sv,
                            "/a/"sv,
                            "/a//b"sv,
                            "/."sv,
                            "/.."sv,
                            "/%2e%2e/a"sv,
                            "/.%2e"sv,
                            "/..;/a"sv,
                            "/.;x"sv,
                            "/a%2fb"sv,
                            "/..%5c..%5cwin.ini"sv,
                            "/a%5C"sv,
                            "/x.mp4%00.txt"sv,
                            "/%0a"sv,
                            "/%7f"sv,
                            "/%1b[2J"sv,
                            "/%02"sv,
                            "/%"sv,
                            "/%2"sv,
                            "/%zz"sv,
                            "/%u002e"sv,
                            "/%c0%ae%c0%ae"sv,
                            "/%e0%80%af"sv,
                            "/%ed%a0%80"sv,
                            "/%f4%90%80%80"sv,
                            "/%80"sv,
                            "/1/2/3/4/5/6/7/8/9/%00"sv}) {
        BOOST_TEST_CONTEXT(path) {
            BOOST_TEST(!segments.parse(path));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_long_path_is_kept_in_bounds) {
    path_segments segments;
    BOOST_TEST(segments.parse("/1/2/3/4/5/6/7/8/9/10/11"));
    BOOST_TEST(segments.view().size() == path_segments::max);
}

BOOST_AUTO_TEST_CASE(hosts) {
    for (const auto good : {"example.org"sv, "example.org:80"sv, "127.0.0.1"sv, "[::1]"sv,
                            "[::1]:8080"sv, "a_b"sv, "host:"sv, "127.0.0.1:65535"sv}) {
        BOOST_TEST_CONTEXT(good) {
            BOOST_TEST(is_host(good));
        }
    }
    for (const auto bad : {""sv, ":80"sv, "a b"sv, "a,b"sv, "u@h"sv, "h/p"sv, "h:65536"sv, "h:8a"sv,
                           "[::1"sv, "[]"sv, "[::1]x"sv, "h:80:80"sv, "h\"x"sv, "h%41"sv,
                           "[::\0]"sv, "[::1\0zz]"sv, "[1.2.3.4]"sv, "[::g]"sv}) {
        BOOST_TEST_CONTEXT(bad) {
            BOOST_TEST(!is_host(bad));
        }
    }
}

BOOST_AUTO_TEST_CASE(loopback_hosts) {
    for (const auto yes :
         {"localhost"sv, "LOCALHOST:80"sv, "127.0.0.1"sv, "127.8.9.1:1"sv, "[::1]:2"sv}) {
        BOOST_TEST_CONTEXT(yes) {
            BOOST_TEST(is_loopback_host(yes));
        }
    }
    for (const auto no : {"localhost.example.org"sv, "127.0.0.1.example.org"sv, "example.org"sv,
                          "127.example.org"sv, "10.0.0.1"sv, "[::2]"sv, ""sv}) {
        BOOST_TEST_CONTEXT(no) {
            BOOST_TEST(!is_loopback_host(no));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
