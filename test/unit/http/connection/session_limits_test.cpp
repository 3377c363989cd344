// The limits of a session: the response, its timing, and the counter.
#include "http/connection/session_end.hpp"
#include "test/support/session_fixture.hpp"
#include "test/support/stream_transport.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(session_limits_suite)

BOOST_FIXTURE_TEST_CASE(a_refused_connection_hears_why, fixture) {
    for (const auto& [how, line] : {std::pair(admission::no_room, "HTTP/1.1 503 "),
                                    std::pair(admission::peer_is_full, "HTTP/1.1 503 ")}) {
        auto client = connect("", nullptr, how);
        send(client, get_a);
        BOOST_TEST(received(client).starts_with(line));
        BOOST_TEST(received(client).find("Retry-After: 5\r\n") != std::string::npos);
        BOOST_TEST(received(client).find("Connection: close\r\n") != std::string::npos);
    }
}

BOOST_FIXTURE_TEST_CASE(a_refused_connection_does_not_wait_long, fixture) {
    auto client = connect("", nullptr, admission::no_room);
    pass(2s + 2 * deadline_wheel::tick);
    BOOST_TEST(received(client).empty());
    BOOST_TEST(open() == 0U);
}

BOOST_FIXTURE_TEST_CASE(each_limit_is_counted_by_its_name, fixture) {
    const auto reached = [&](limit_label which) {
        return server->count().limits_reached[static_cast<std::size_t>(which)].value();
    };
    const std::string long_text(2000, 'x');
    auto target = connect("GET /" + long_text);
    auto bytes = connect("GET /a HTTP/1.1\r\nX: " + long_text);
    std::string fields;
    for (int i = 0; i < 11; ++i) {
        fields += "A:\r\n";
    }
    auto many = connect("GET /a HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
    auto content = connect("GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 70000\r\n\r\n");
    BOOST_TEST(received(content).starts_with("HTTP/1.1 413 "));
    auto often = connect(get_a + get_a + get_a);
    auto slow = connect("GET /");
    auto idle = connect(get_a);
    pass(76s);
    pass(3s);
    BOOST_TEST(reached(limit_label::target_bytes) == 1U);
    BOOST_TEST(reached(limit_label::header_bytes) == 1U);
    BOOST_TEST(reached(limit_label::header_fields) == 1U);
    BOOST_TEST(reached(limit_label::content_bytes) == 1U);
    BOOST_TEST(reached(limit_label::requests_per_connection) == 1U);
    BOOST_TEST(reached(limit_label::header_timeout) == 1U);
    BOOST_TEST(reached(limit_label::idle_timeout) == 1U);
    BOOST_TEST(open() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_refusal_of_head_has_no_content, fixture) {
    for (const auto* text : {"HEAD /a HTTP/1.1\r\n\r\n", "\r\nHEAD /a HTTP/1.1\r\nX\r\n\r\n",
                             "HEAD /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 5\r\n\r\n"}) {
        BOOST_TEST_CONTEXT(text) {
            auto client = connect(text);
            BOOST_TEST(received(client).starts_with("HTTP/1.1 400 "));
            BOOST_TEST(received(client).ends_with("\r\n\r\n"));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
