#include "http/client/client.hpp"
#include "http/client/whole_call.hpp"
#include "test/support/scripted_server.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace sluice::http;
using namespace std::chrono_literals;
using sluice::test::script;
using sluice::test::scripted_server;

namespace {

// Far above what a loaded machine needs; `quick` is for the tests in which a deadline must end.
constexpr call_limits usual{.connect = 10s, .first_byte = 10s, .stall = 10s, .head_bytes = 2048};
constexpr call_limits quick{
    .connect = 10s, .first_byte = 500ms, .stall = 500ms, .head_bytes = 2048};

struct answer {
    unsigned status = 0;
    std::string content;
    std::optional<call_fault> fault;
};

/// One client, and what it gets of a server.
class world {
  public:
    explicit world(std::vector<script> scripts, client::settings with = {})
        : server(std::move(scripts)), client_(context_, nullptr, with) {}

    answer get(std::size_t most = 10000, bhttp::verb method = bhttp::verb::get,
               const call_limits& limits = usual) {
        return send({.to = server.url(), .method = method, .limits = limits}, most);
    }

    answer send(outgoing what, std::size_t most = 10000) {
        std::optional<answer> out;
        whole_call one(client_, std::move(what), {.bytes = most, .time = 5s},
                       [&](call_result<std::string> content) {
                           out.emplace();
                           if (content) {
                               out->status = one.head().status();
                               out->content = *content;
                           } else {
                               out->fault = content.error();
                           }
                       });
        sluice::test::run_until(context_, [&] { return out.has_value(); });
        return *out;
    }

    /// Lets the loop see what has happened to idle connections.
    void wait(std::chrono::milliseconds time) {
        context_.restart();
        context_.run_for(time);
        std::this_thread::sleep_for(20ms);
    }
    [[nodiscard]] const client_counts& counts() const { return client_.counts(); }

    scripted_server server;

  private:
    net::io_context context_;
    client client_;
};

const std::string hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

call_fault::kind fault_of(const std::string& text, bool closes = true, std::size_t most = 10000,
                          const call_limits& limits = usual) {
    world one({{{text}, closes}});
    const auto got = one.get(most, bhttp::verb::get, limits);
    BOOST_TEST_REQUIRE(got.fault.has_value(), text.substr(0, 200));
    BOOST_TEST(!got.fault->cause.empty());
    return got.fault->what;
}

} // namespace

BOOST_AUTO_TEST_SUITE(client_suite, *boost::unit_test::timeout(60))

BOOST_AUTO_TEST_CASE(a_request_as_it_is_sent) {
    world one({{{hello, hello}, true}});
    auto what = outgoing{.to = one.server.url(),
                         .fields = {{"Range", "bytes=0-4"}, {"X-Empty", ""}},
                         .limits = usual};
    what.to.target = "/a%20b?c=%2B";
    const auto authority = what.to.authority();
    BOOST_TEST(one.send(what).content == "hello");
    BOOST_TEST(one.server.request(0) == "GET /a%20b?c=%2B HTTP/1.1\r\nHost: " + authority +
                                            "\r\nRange: bytes=0-4\r\nX-Empty: \r\n\r\n");
    what = {.to = one.server.url(), .method = bhttp::verb::post, .content = "{}", .limits = usual};
    BOOST_TEST(one.send(what).content == "hello");
    BOOST_TEST(one.server.request(1) ==
               "POST /x HTTP/1.1\r\nHost: " + authority + "\r\nContent-Length: 2\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(requests_that_would_change_their_framing) {
    world one({});
    const auto good = outgoing{.to = one.server.url(), .limits = usual};
    const std::vector<std::pair<std::string, std::string>> bad{{"X", "a\r\nY: b"},
                                                               {"X", std::string("a\0b", 3)},
                                                               {"X:", "a"},
                                                               {"", "a"},
                                                               {"X Y", "a"},
                                                               {"Host", "other"},
                                                               {"content-length", "1"},
                                                               {"Transfer-Encoding", "chunked"}};
    for (const auto& field : bad) {
        auto what = good;
        what.fields = {field};
        const auto got = one.send(what);
        BOOST_TEST_REQUIRE(got.fault.has_value(), field.first);
        BOOST_TEST((got.fault->what == call_fault::kind::malformed), field.first);
    }
    for (const auto* target : {"", "x", "/a b", "/a\r\nX: y", "/a#b"}) {
        auto what = good;
        what.to.target = target;
        BOOST_TEST(one.send(what).fault.has_value(), target);
    }
    BOOST_TEST(one.server.connections() == 0U);
}

BOOST_AUTO_TEST_CASE(every_framing_of_content) {
    const auto content_of = [](const std::string& text, std::size_t most = 10000) {
        world one({{{text}, true}});
        const auto got = one.get(most);
        BOOST_TEST_REQUIRE(!got.fault.has_value(), (got.fault ? got.fault->cause : ""));
        return got.content;
    };
    BOOST_TEST(content_of(hello) == "hello");
    BOOST_TEST(content_of("HTTP/1.1 200 OK\r\n\r\nto the end") == "to the end");
    BOOST_TEST(content_of("HTTP/1.0 200 OK\r\n\r\n").empty());
    BOOST_TEST(content_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n") == "abcde");
    const std::string large(100'000, 'x');
    const auto head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
    BOOST_TEST((content_of(head + large, 100'000) == large));
    BOOST_TEST((content_of("HTTP/1.1 200 OK\r\n\r\n" + large, 100'000) == large));
    std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 100; ++i) {
        chunks += "3e8\r\n" + large.substr(0, 1000) + "\r\n";
    }
    BOOST_TEST((content_of(chunks + "0\r\n\r\n", 100'000) == large));
}

BOOST_AUTO_TEST_CASE(head_has_no_content_whatever_its_length) {
    world one({{{"HTTP/1.1 200 OK\r\nContent-Length: 12345678901\r\n\r\n",
                 "HTTP/1.1 404 Not Found\r\nContent-Length: 238\r\n\r\n",
                 "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", hello},
                false}});
    BOOST_TEST(one.get(10, bhttp::verb::head).status == 200U);
    BOOST_TEST(one.get(10, bhttp::verb::head).status == 404U);
    BOOST_TEST(one.get().status == 304U);
    BOOST_TEST(one.get().content == "hello");
    BOOST_TEST(one.server.connections() == 1U);
    BOOST_TEST(one.server.request(0).starts_with("HEAD /x HTTP/1.1\r\n"));
}

BOOST_AUTO_TEST_CASE(servers_that_stop_or_leave) {
    using kind = call_fault::kind;
    BOOST_TEST((fault_of("", false, 10000, quick) == kind::timeout));
    BOOST_TEST((fault_of("HTTP/1.1 200 OK\r\nContent-Le", false, 10000, quick) == kind::timeout));
    BOOST_TEST((fault_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", false, 10000, quick) ==
                kind::timeout));
    BOOST_TEST((fault_of("") == kind::closed));
    BOOST_TEST((fault_of("HTTP/1.1 200") == kind::closed));
    BOOST_TEST((fault_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell") == kind::closed));
    BOOST_TEST((fault_of(hello, true, 4) == kind::too_large));
    BOOST_TEST((fault_of("HTTP/1.1 200 OK\r\n\r\nhello", true, 4) == kind::too_large));
}

BOOST_AUTO_TEST_CASE(a_drip_is_bounded_in_time) {
    scripted_server server({{{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh"}, false}});
    net::io_context context;
    client one(context, nullptr, {});
    std::optional<call_result<std::string>> got;
    whole_call whole(one, {.to = server.url(), .limits = usual}, {.bytes = 100, .time = 0ms},
                     [&](call_result<std::string> content) { got = std::move(content); });
    sluice::test::run_until(context, [&] { return got.has_value(); });
    BOOST_TEST_REQUIRE(got->has_error());
    BOOST_TEST((got->error().what == call_fault::kind::timeout));
    BOOST_TEST(got->error().cause == "the response took too long");
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_used_again) {
    world one(
        {{{hello, hello, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", hello},
          false}});
    for (const auto* wanted : {"hello", "hello", "", "hello"}) {
        BOOST_TEST(one.get().content == wanted);
    }
    BOOST_TEST(one.server.connections() == 1U);
    BOOST_TEST(one.counts().opened == 1U);
    BOOST_TEST(one.counts().reused == 3U);
    BOOST_TEST(one.counts().open == 1U);
    BOOST_TEST(one.counts().idle == 1U);
}

BOOST_AUTO_TEST_CASE(a_connection_that_must_not_be_used_again) {
    for (const auto& first :
         {std::string("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"),
          std::string("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"), hello + "extra"}) {
        world one({{{first}, false}, {{hello}, false}});
        BOOST_TEST(one.get().content == "hello", first);
        BOOST_TEST(one.counts().open == 0U);
        BOOST_TEST(one.counts().idle == 0U);
        BOOST_TEST(one.get().content == "hello", first);
        BOOST_TEST(one.server.connections() == 2U, first);
    }
}

BOOST_AUTO_TEST_CASE(an_idle_connection_that_was_closed_costs_nothing) {
    world one({{{hello}, true}, {{hello}, true}});
    BOOST_TEST(one.get().content == "hello");
    one.wait(50ms);
    BOOST_TEST(one.get().content == "hello");
    BOOST_TEST(one.server.connections() == 2U);
    BOOST_TEST(one.counts().reused == 0U);
}

// The server reads the request and closes: to the client it looks as if the two had crossed.
BOOST_AUTO_TEST_CASE(a_connection_that_closes_under_a_request_is_replaced_once) {
    world one({{{hello, ""}, true}, {{hello, ""}, true}, {{""}, true}});
    BOOST_TEST(one.get().content == "hello");
    BOOST_TEST(one.get().content == "hello");
    BOOST_TEST(one.counts().repeated == 1U);
    const auto got = one.get(); // twice in one call: the second connection is new
    BOOST_TEST_REQUIRE(got.fault.has_value());
    BOOST_TEST((got.fault->what == call_fault::kind::closed));
    BOOST_TEST(one.counts().repeated == 2U);
    BOOST_TEST(one.server.connections() == 3U);
}

BOOST_AUTO_TEST_CASE(a_request_is_not_repeated) {
    for (const bool is_post : {false, true}) {
        world one({{{hello, is_post ? "" : "HTTP/1.1 "}, true}, {{hello}, true}});
        BOOST_TEST(one.get().content == "hello");
        const auto got = one.get(100, is_post ? bhttp::verb::post : bhttp::verb::get);
        BOOST_TEST_REQUIRE(got.fault.has_value());
        BOOST_TEST((got.fault->what == call_fault::kind::closed));
        BOOST_TEST(one.server.connections() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(idle_connections_are_few_and_short_lived) {
    world none({{{hello}, false}, {{hello}, false}}, {.idle_per_host = 0});
    BOOST_TEST(none.get().content == "hello");
    BOOST_TEST(none.counts().idle == 0U);
    BOOST_TEST(none.get().content == "hello");
    BOOST_TEST(none.server.connections() == 2U);
    world brief({{{hello}, false}}, {.idle_life = 30ms});
    BOOST_TEST(brief.get().content == "hello");
    BOOST_TEST(brief.counts().idle == 1U);
    brief.wait(200ms);
    BOOST_TEST(brief.counts().idle == 0U);
}

BOOST_AUTO_TEST_CASE(nobody_listens) {
    world one({});
    auto what = outgoing{.to = one.server.url(), .limits = usual};
    {
        net::io_context context;
        const tcp::acceptor closed(context, tcp::endpoint(net::ip::address_v4::loopback(), 0));
        what.to.port = closed.local_endpoint().port();
    }
    const auto got = one.send(what);
    BOOST_TEST_REQUIRE(got.fault.has_value());
    BOOST_TEST((got.fault->what == call_fault::kind::connect));
    BOOST_TEST(got.fault->cause.find("Connection refused") != std::string::npos);
    what.to.is_secure = true;
    const auto secure = one.send(what);
    BOOST_TEST_REQUIRE(secure.fault.has_value());
    BOOST_TEST((secure.fault->what == call_fault::kind::tls));
}

BOOST_AUTO_TEST_SUITE_END()
