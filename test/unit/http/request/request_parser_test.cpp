#include "http/request/request_parser.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace sluice::http;
using status = request_parser::status;

namespace {

constexpr header_limits small{.header_bytes = 512, .header_fields = 8, .target_bytes = 100};

struct outcome_of {
    status what;
    problem_id refusal{};
    std::size_t consumed = 0;
};

outcome_of parse(const std::string& text, request_head& head, const header_limits& limits = small) {
    request_parser parser(limits);
    const auto what = parser.parse({text.data(), text.size()}, head);
    return {what, what == status::refused ? parser.refusal() : problem_id{}, parser.consumed()};
}

struct refusal_case {
    const char* name;
    std::string text;
    problem_id refusal;
};

std::string get(const std::string& fields) {
    return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(request_parser_suite)

BOOST_AUTO_TEST_CASE(a_plain_request) {
    const std::string text =
        "GET /a?b HTTP/1.1\r\nHost: example.org:80\r\nRange:  bytes=0-1 \r\n\r\nNEXT";
    request_head head;
    const auto got = parse(text, head);
    BOOST_REQUIRE((got.what == status::ready));
    BOOST_TEST(got.consumed == text.size() - 4);
    BOOST_TEST((head.method == bhttp::verb::get));
    BOOST_TEST(head.target == "/a?b");
    BOOST_TEST(head.version == 11U);
    BOOST_TEST(head.keep_alive);
    BOOST_TEST(!head.has_content);
    BOOST_TEST(head.host == "example.org:80");
    BOOST_TEST(*head.value_of(bhttp::field::range) == "bytes=0-1");
    BOOST_TEST(!head.value_of(bhttp::field::accept));
}

BOOST_AUTO_TEST_CASE(byte_by_byte_it_is_the_same) {
    const std::string text = "\r\nGET /a HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n";
    request_parser parser(small);
    request_head head;
    for (std::size_t size = 0; size < text.size(); ++size) {
        BOOST_REQUIRE((parser.parse({text.data(), size}, head) == status::need_more));
        BOOST_TEST(parser.has_started() == (size > 2));
    }
    BOOST_TEST((parser.parse({text.data(), text.size()}, head) == status::ready));
    BOOST_TEST(head.target == "/a");
}

BOOST_AUTO_TEST_CASE(keep_alive_follows_version_and_connection) {
    request_head head;
    BOOST_TEST((parse("GET / HTTP/1.0\r\n\r\n", head).what == status::ready));
    BOOST_TEST(!head.keep_alive);
    BOOST_TEST(
        (parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", head).what == status::ready));
    BOOST_TEST(head.keep_alive);
    BOOST_TEST((parse("GET / HTTP/1.0\r\nConnection: close, keep-alive\r\n\r\n", head).what ==
                status::ready));
    BOOST_TEST(!head.keep_alive);
    BOOST_TEST((parse(get("Connection: close\r\n"), head).what == status::ready));
    BOOST_TEST(!head.keep_alive);
}

BOOST_AUTO_TEST_CASE(content_is_noticed) {
    request_head head;
    BOOST_TEST((parse(get("Content-Length: 5\r\n"), head).what == status::ready));
    BOOST_TEST(head.has_content);
    BOOST_TEST((parse(get("Content-Length: 0\r\n"), head).what == status::ready));
    BOOST_TEST(!head.has_content);
    BOOST_TEST((parse(get("Transfer-Encoding: chunked\r\n") + "5", head).what == status::ready));
    BOOST_TEST(head.has_content);
    BOOST_TEST(
        (parse(get("Expect: 100-Continue\r\nContent-Length: 5\r\n"), head).what == status::ready));
}

BOOST_AUTO_TEST_CASE(row_45_an_exactly_empty_chunked_content_is_none) {
    const auto chunked = get("Transfer-Encoding: chunked\r\n");
    request_head head;
    for (const auto& text :
         {chunked, "HEAD" + chunked.substr(3), get("transfer-encoding: CHUNKED\r\n")}) {
        const auto got = parse(text + "0\r\n\r\nGET", head);
        BOOST_TEST((got.what == status::ready));
        BOOST_TEST(got.consumed == text.size() + 5);
        BOOST_TEST(!head.has_content);
        BOOST_TEST(head.keep_alive);
    }
    for (const auto* const content :
         {"1\r\nx\r\n0\r\n\r\n", "00\r\n\r\n", "0;a\r\n\r\n", "0 \r\n\r\n", "0\r\nX: y\r\n\r\n",
          "0\n\n", "0\r\n\n", "\r\n0\r\n\r\n", "G"}) {
        BOOST_TEST_CONTEXT(content) {
            const auto got = parse(chunked + content, head);
            BOOST_TEST((got.what == status::ready));
            BOOST_TEST(got.consumed == chunked.size());
            BOOST_TEST(head.has_content);
        }
    }
    const auto post = parse("POST" + chunked.substr(3) + "0\r\n\r\n", head);
    BOOST_TEST((post.what == status::ready));
    BOOST_TEST(head.has_content);
    // The client waits for a response before it sends the chunk.
    const auto expecting = get("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n");
    BOOST_TEST((parse(expecting, head).what == status::ready));
    BOOST_TEST(head.has_content);
}

BOOST_AUTO_TEST_CASE(an_empty_chunked_content_is_waited_for) {
    const auto text = get("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n";
    request_parser parser(small);
    request_head head;
    for (std::size_t size = 0; size < text.size(); ++size) {
        const std::string moved =
            text.substr(0, size); // the bytes are at another address each time
        BOOST_REQUIRE((parser.parse({moved.data(), size}, head) == status::need_more));
        BOOST_TEST(parser.has_started() == (size > 0));
    }
    BOOST_TEST((parser.parse({text.data(), text.size()}, head) == status::ready));
    BOOST_TEST(parser.consumed() == text.size());
    BOOST_TEST(!head.has_content);
    BOOST_TEST(head.host == "h");
    parser.start(small); // the next request sees nothing of it
    BOOST_TEST((parser.parse({text.data(), 3}, head) == status::need_more));
}

BOOST_AUTO_TEST_CASE(lists_are_joined) {
    request_head head;
    const auto text =
        get("If-None-Match: \"a\"\r\nIf-None-Match: \"b\"\r\nIf-None-Match: \"c\"\r\n");
    BOOST_REQUIRE((parse(text, head).what == status::ready));
    std::string scratch;
    BOOST_TEST(*head.joined(bhttp::field::if_none_match, scratch) == "\"a\", \"b\", \"c\"");
    BOOST_TEST(head.has_field("if-none-match"));
}

BOOST_AUTO_TEST_CASE(what_a_strict_server_refuses) {
    using enum problem_id;
    const std::vector<refusal_case> cases{
        {"no host", "GET / HTTP/1.1\r\n\r\n", host_invalid},
        {"two hosts", get("Host: h\r\n"), host_invalid},
        {"host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", host_invalid},
        {"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", host_invalid},
        {"two authorizations", get("Authorization: a\r\nAuthorization: b\r\n"), field_repeated},
        {"two expects", get("Expect: 100-continue\r\nExpect: 100-continue\r\n"), field_repeated},
        {"two ranges", get("Range: bytes=0-0\r\nRange: bytes=1-1\r\n"), field_repeated},
        {"two If-Range", get("If-Range: \"a\"\r\nif-range: \"a\"\r\n"), field_repeated},
        {"two origins", get("Origin: a\r\nOrigin: b\r\n"), field_repeated},
        {"long host", "GET / HTTP/1.1\r\nHost: " + std::string(256, 'h') + "\r\n\r\n",
         host_invalid},
        {"no IPv6", "GET / HTTP/1.1\r\nHost: [1::2::3]\r\n\r\n", host_invalid},
        {"large content", get("Content-Length: 65537\r\n"), content_too_large},
        {"largest content", get("Content-Length: 18446744073709551615\r\n"), content_too_large},
        {"folded length", get("Content-Length:\r\n 0\r\n"), malformed_request},
        {"empty folded line", get("X: a\r\n\t\r\n"), malformed_request},
        {"unknown expectation", get("Expect: 200-ok\r\n"), expectation_failed},
        {"unknown coding", get("Transfer-Encoding: gzip\r\n"), coding_unknown},
        {"xchunked", get("Transfer-Encoding: xchunked\r\n"), coding_unknown},
        {"chunked not last", get("Transfer-Encoding: chunked, gzip\r\n"), framing_invalid},
        {"chunked not alone", get("Transfer-Encoding: gzip, chunked\r\n"), framing_invalid},
        {"chunked twice", get("Transfer-Encoding: chunked, chunked\r\n"), framing_invalid},
        {"coding lines", get("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"),
         framing_invalid},
        {"empty coding", get("Transfer-Encoding:\r\n"), framing_invalid},
        {"coding on 1.0", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", framing_invalid},
        {"both", get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), framing_invalid},
        {"both, other order", get("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
         framing_invalid},
        {"length beside identity", get("Content-Length: 5\r\nTransfer-Encoding: identity\r\n"),
         framing_invalid},
        {"length list", get("Content-Length: 5, 5\r\n"), framing_invalid},
        {"length repeated", get("Content-Length: 5\r\nContent-Length: 5\r\n"), framing_invalid},
        {"lengths differ", get("Content-Length: 5\r\nContent-Length: 6\r\n"), framing_invalid},
        {"signed length", get("Content-Length: +5\r\n"), framing_invalid},
        {"huge length", get("Content-Length: 99999999999999999999\r\n"), framing_invalid},
        {"obs-fold", get("X: a\r\n b\r\n"), malformed_request},
        {"bare line feed", "GET / HTTP/1.1\nHost: h\n\n", malformed_request},
        {"bare carriage return", get("X: a\rb\r\n"), malformed_request},
        {"space before the colon", get("X : a\r\n"), malformed_request},
        {"space before the first field", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", malformed_request},
        {"no colon", get("X\r\n"), malformed_request},
        {"empty name", get(": a\r\n"), malformed_request},
        {"NUL in a value", get(std::string("X: a\0b\r\n", 8)), malformed_request},
        {"version 2.0", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", version_unsupported},
        {"version 1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", version_unsupported},
        {"version 01.01", "GET / HTTP/01.01\r\nHost: h\r\n\r\n", malformed_request},
        {"version without minor", "GET / HTTP/1\r\nHost: h\r\n\r\n", malformed_request},
        {"lower case", "GET / http/1.1\r\nHost: h\r\n\r\n", malformed_request},
        {"HTTP/0.9", "GET /\r\n\r\n", malformed_request},
        {"space in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", malformed_request},
        {"bad method", "G(T / HTTP/1.1\r\nHost: h\r\n\r\n", malformed_request},
        {"unknown method", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n", method_unknown},
        {"lower-case method", "get / HTTP/1.1\r\nHost: h\r\n\r\n", method_unknown},
        {"long target", "GET /" + std::string(100, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n",
         target_too_long},
        {"endless method", std::string(600, 'A'), method_unknown},
        {"long method", std::string(600, 'A') + " / HTTP/1.1\r\nHost: h\r\n\r\n", method_unknown},
        {"endless garbage", std::string(600, '\x16'), malformed_request},
        {"endless target", "GET /" + std::string(200, 'a'), target_too_long},
        {"large header", get("X: " + std::string(600, 'a') + "\r\n"), fields_too_large},
        {"endless header", "GET / HTTP/1.1\r\nX: " + std::string(600, 'a'), fields_too_large},
        {"endless second field", get("A: b\r\nX: " + std::string(600, 'a')), fields_too_large},
        {"many fields", get("A:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\n"), fields_too_large},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.name) {
            request_head head;
            const auto got = parse(one.text, head);
            BOOST_REQUIRE((got.what == status::refused));
            BOOST_TEST(describe(got.refusal).slug == describe(one.refusal).slug);
            BOOST_TEST(describe(got.refusal).closes);
        }
    }
}

BOOST_AUTO_TEST_CASE(framing_comes_before_all_else) {
    request_head head;
    const auto got = parse("BREW / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n", head);
    BOOST_REQUIRE((got.what == status::refused));
    BOOST_TEST((got.refusal == problem_id::framing_invalid));
}

BOOST_AUTO_TEST_SUITE_END()
