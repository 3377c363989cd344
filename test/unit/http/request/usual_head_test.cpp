#include "http/request/usual_head.hpp"
#include "test/support/same_head.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <random>
#include <string>

using namespace sluice::http;
using status = request_parser::status;

namespace {

constexpr header_limits wide{};

std::size_t size_of(std::string_view text, request_head& head, const header_limits& limits = wide) {
    return read_usual_head(text, limits, head);
}

/// The complete reader: it reads what the parser has begun to look at, here the request line.
status read_completely(const std::string& text, request_parser& parser, request_head& head) {
    parser.start(wide);
    const auto line = text.find('\n') + 1;
    if (const auto early = parser.parse({text.data(), line}, head); early != status::need_more) {
        return early;
    }
    return parser.parse({text.data(), text.size()}, head);
}

std::string get(const std::string& fields) {
    return "GET /a HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(usual_head)

BOOST_AUTO_TEST_CASE(reads_what_clients_send) {
    const std::array<std::string, 8> heads{
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "HEAD /download2/t/c/m/l/a%20b.mp4?x=1 HTTP/1.1\r\nHost: [::1]:8080\r\nUser-Agent: "
        "curl/7.88.1\r\nAccept: */*\r\nAuthorization: Bearer a.b.c\r\nRange: bytes=0-\r\n\r\n",
        "GET /v HTTP/1.1\r\nuser-agent: Dart/3.4 (dart:io)\r\naccept-encoding: gzip\r\nhost: "
        "example.org\r\nauthorization: Bearer a.b.c\r\n\r\n",
        "GET /v HTTP/1.1\r\nHost: example.org\r\nConnection: keep-alive\r\nSec-Fetch-Mode: "
        "cors\r\nUpgrade-Insecure-Requests: 1\r\nCookie: a=b; c=d\r\nCookie: e=f\r\n\r\n",
        get("Connection: close\r\n"),
        get("CONNECTION: Keep-Alive\r\nX: a\r\nX: b\r\n"),
        get("X-Pad:no space\r\nX-Spaces:   a  b   \r\n!#$%&'*+-.^_`|~09aZ: !~\r\n"),
        get("If-Range: \"a\"\r\nIf-None-Match: \"a\"\r\nIf-None-Match: \"b\"\r\n"),
    };
    for (const auto& text : heads) {
        BOOST_TEST_CONTEXT(text) {
            request_head quick;
            BOOST_TEST(size_of(text + "GET /next", quick) == text.size());
            BOOST_TEST(size_of(text, quick) == text.size());
            request_head full;
            request_parser parser;
            BOOST_TEST((read_completely(text, parser, full) == status::ready));
            BOOST_TEST(sluice::test::is_same_head(quick, full));
        }
    }
}

BOOST_AUTO_TEST_CASE(leaves_everything_else_to_the_complete_reader) {
    const std::array<std::string, 34> others{
        "",
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n\n",
        "GET / HTTP/1.0\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / a HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET  HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /\x80 HTTP/1.1\r\nHost: h\r\n\r\n",
        "get / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\n\r\n",
        "OPTIONS / HTTP/1.1\r\nHost: h\r\n\r\n",
        get("Host: h\r\n"),
        get("Content-Length: 0\r\n"),
        get("Transfer-Encoding: chunked\r\n"),
        get("Expect: 100-continue\r\n"),
        get("Upgrade: h2c\r\n"),
        get("Proxy-Connection: close\r\n"),
        get("Connection: close, keep-alive\r\n"),
        get("Connection: keep-alive\r\nConnection: keep-alive\r\n"),
        get("Range: bytes=0-1\r\nRange: bytes=0-1\r\n"),
        get("X: a\r\n b\r\n"),
        get("X: a\tb\r\n"),
        get("X:\r\n"),
        get("X : a\r\n"),
        get(": a\r\n"),
        get("X: \xc3\xa9\r\n"),
        get("X: a\rb\r\n"),
    };
    for (const auto& text : others) {
        BOOST_TEST_CONTEXT(text) {
            request_head head;
            BOOST_TEST(size_of(text, head) == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(leaves_every_limit_to_the_complete_reader) {
    request_head head;
    const auto text = get("X: y\r\nX: z\r\n");
    BOOST_TEST(size_of(text, head, {.header_bytes = text.size()}) == text.size());
    BOOST_TEST(size_of(text, head, {.header_bytes = text.size() - 1}) == 0U);
    BOOST_TEST(size_of(text, head, {.header_fields = 3}) == text.size());
    BOOST_TEST(size_of(text, head, {.header_fields = 2}) == 0U);
    BOOST_TEST(size_of(text, head, {.target_bytes = 2}) == text.size());
    BOOST_TEST(size_of(text, head, {.target_bytes = 1}) == 0U);
}

BOOST_AUTO_TEST_CASE(agrees_with_the_complete_reader_on_near_misses) {
    std::mt19937 random(20261129);
    const auto pick = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>{0, below - 1}(random);
    };
    const std::array<std::string, 4> seeds{
        get("Authorization: Bearer a.b.c\r\nRange: bytes=1-2\r\n"),
        "HEAD /a/b?c=d HTTP/1.1\r\nhost: 127.0.0.1:80\r\nConnection: close\r\nA: b\r\n\r\n",
        get("Connection: keep-alive\r\nIf-Match: \"x\"\r\nOrigin: http://o\r\n"),
        get("Content-Length: 0\r\nExpect: 100-continue\r\n"),
    };
    const std::array<std::string_view, 14> pieces{
        "\r\n",       ":",     " ",          "\t", "Host: h\r\n", "Connection: close\r\n",
        "Range: b\r", "close", "keep-alive", ",",  "\x7f",        "\xff",
        "HTTP/1.1",   "/"};
    request_parser parser;
    request_head quick;
    request_head full;
    std::size_t usual = 0;
    for (int i = 0; i < 200'000; ++i) {
        auto text = seeds[pick(seeds.size())];
        for (auto changes = pick(4); changes > 0 && !text.empty(); --changes) {
            const auto at = pick(text.size());
            switch (pick(4)) {
            case 0:
                text[at] = static_cast<char>(pick(256));
                break;
            case 1:
                text.erase(at, 1 + pick(8));
                break;
            case 2:
                text.insert(at, pieces[pick(pieces.size())]);
                break;
            default:
                text.insert(pick(text.size()), text.substr(at, 1 + pick(24)));
            }
        }
        const auto size = size_of(text, quick);
        if (size == 0) {
            continue;
        }
        ++usual;
        if (read_completely(text, parser, full) != status::ready || parser.consumed() != size ||
            !sluice::test::is_same_head(quick, full)) {
            BOOST_ERROR("the readers differ on " << text);
        }
    }
    BOOST_TEST(usual > 40'000U);
}

BOOST_AUTO_TEST_SUITE_END()
