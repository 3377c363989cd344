#include "http/client/response_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

using namespace sluice::http;

namespace {

constexpr std::uint32_t head_bytes = 2048;

/// Gives the reader `bytes` of `text`; what is left of it.
std::string_view feed(response_reader& to, std::string_view text, std::size_t bytes) {
    const auto copied =
        net::buffer_copy(to.prepare(), net::buffer(text.data(), std::min(bytes, text.size())));
    to.commit(copied);
    return text.substr(copied);
}

struct outcome {
    std::string content;
    std::optional<call_fault::kind> fault;
    bool may_keep = false;
};

/// Reads a response that arrives `step` bytes at a time, and after which the server closes.
outcome read(std::string_view text, std::size_t step, bhttp::verb method = bhttp::verb::get) {
    response_reader reader(method, head_bytes);
    outcome out;
    std::array<char, 5> room{};
    for (bool has_ended = false;;) {
        if (!reader.has_head()) {
            const auto done = reader.read_head();
            if (!done) {
                return {.content = {}, .fault = done.error().what};
            }
        }
        if (reader.has_head()) {
            const auto piece = reader.take(net::buffer(room));
            if (!piece) {
                return {.content = {}, .fault = piece.error().what};
            }
            out.content.append(room.data(), *piece);
            if (reader.is_done()) {
                out.may_keep = reader.may_keep();
                return out;
            }
            if (*piece > 0) {
                continue;
            }
        }
        if (!text.empty()) {
            const auto before = text.size();
            text = feed(reader, text, step);
            if (text.size() == before) {
                return {.content = {}, .fault = reader.too_large().what};
            }
        } else {
            BOOST_TEST_REQUIRE(!has_ended);
            has_ended = true;
            if (const auto end = reader.end(); !end) {
                return {.content = {}, .fault = end.error().what};
            }
        }
    }
}

void is(std::string_view text, call_fault::kind wanted) {
    for (const std::size_t step : {1U, 5000U}) {
        const auto got = read(text, step);
        BOOST_TEST_REQUIRE(got.fault.has_value(), text.substr(0, 100));
        BOOST_TEST((*got.fault == wanted), text.substr(0, 100));
    }
}

void has(std::string_view text, std::string_view content, bool may_keep,
         bhttp::verb method = bhttp::verb::get) {
    for (const std::size_t step : {1U, 2U, 3U, 5000U}) {
        const auto got = read(text, step, method);
        BOOST_TEST_REQUIRE(!got.fault.has_value(), text.substr(0, 100));
        BOOST_TEST(got.content == content, text.substr(0, 100));
        BOOST_TEST(got.may_keep == may_keep, text.substr(0, 100));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(response_reader_suite)

BOOST_AUTO_TEST_CASE(framings) {
    const std::string hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    has(hello, "hello", true);
    has("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", true);
    has("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", "hello", false);
    has("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", false);
    has("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello", "hello",
        true);
    has("HTTP/1.1 200 OK\r\n\r\nto the end", "to the end", false);
    has("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
        "3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n",
        "abc0123456789", true);
    has("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "", true);
    has("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n01\r\n0\r\n00\r\n\r\n", "0", true);
    has("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + hello, "hello",
        true);
    has("HTTP/1.1 204 No Content\r\n\r\n", "", true);
    has("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "", true);
    has("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "", true, bhttp::verb::head);
    has("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n", "", true,
        bhttp::verb::head);
}

BOOST_AUTO_TEST_CASE(responses_that_are_not_trusted) {
    using kind = call_fault::kind;
    is("nonsense\r\n\r\n", kind::malformed);
    is("HTTP/2.0 200 OK\r\n\r\n", kind::malformed);
    is("HTTP/1.1 20 OK\r\n\r\n", kind::malformed);
    is("HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", kind::malformed);
    is("HTTP/1.1 200 OK\r\nA : c\r\n\r\n", kind::malformed);
    is("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx", kind::malformed);
    is("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", kind::malformed);
    is("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n",
       kind::malformed);
    is("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", kind::malformed);
    is("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", kind::malformed);
    is("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx", kind::malformed);
    is("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       kind::malformed);
    is("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", kind::malformed);
    is("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n", kind::malformed);
    is("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", kind::malformed);
    std::string many;
    for (int i = 0; i < 20; ++i) {
        many += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    is(many + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", kind::malformed);
}

BOOST_AUTO_TEST_CASE(responses_that_end_early) {
    using kind = call_fault::kind;
    is("", kind::closed);
    is("HTTP/1.1 200", kind::closed);
    is("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", kind::closed);
    is("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", kind::closed);
    is("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", kind::closed);
    for (const auto* part : {"0", "0\r", "0\r\n", "0\r\n\r", "0\r\nTrailer: t\r\n"}) {
        is("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(part),
           kind::closed);
    }
}

BOOST_AUTO_TEST_CASE(heads_and_lines_that_are_too_large) {
    using kind = call_fault::kind;
    is("HTTP/1.1 200 OK\r\nX: " + std::string(4000, 'x') + "\r\n\r\n", kind::too_large);
    is("HTTP/1.1 200 OK\r\nX: " + std::string(400'000, 'x'), kind::too_large);
    is("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(400'000, 'x'),
       kind::too_large);
}

BOOST_AUTO_TEST_CASE(content_that_may_be_read_past_it) {
    response_reader reader(bhttp::verb::get, head_bytes);
    const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
    (void)feed(reader, text, text.size());
    BOOST_TEST(*reader.read_head());
    BOOST_TEST(reader.direct(100) == 0U); // some of it is here
    std::array<char, 100> room{};
    BOOST_TEST(*reader.take(net::buffer(room)) == 3U);
    BOOST_TEST(reader.direct(5) == 5U);
    BOOST_TEST(reader.direct(100) == 7U);
    reader.took_directly(6);
    BOOST_TEST(!reader.is_done());
    reader.took_directly(1);
    BOOST_TEST(reader.is_done());
    BOOST_TEST(reader.may_keep());
}

BOOST_AUTO_TEST_SUITE_END()
