#include "http/client/waiting_client.hpp"
#include "http/client/whole_call.hpp"
#include "test/support/scripted_server.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>

using namespace sluice::http;
using namespace std::chrono_literals;
using sluice::test::scripted_server;

namespace {

constexpr call_limits usual{.connect = 10s, .first_byte = 10s, .stall = 10s, .head_bytes = 2048};
const std::string hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// The outcome of one request; nullopt: the wait was over before.
std::optional<call_result<std::string>> ask(waiting_client& by, const scripted_server& server) {
    std::optional<call_result<std::string>> got;
    const whole_call one(by.calls(), {.to = server.url(), .limits = usual}, {.bytes = 100},
                         [&got](call_result<std::string> content) { got = std::move(content); });
    const bool has_come = by.wait_for(got);
    BOOST_TEST(has_come == got.has_value());
    return got;
}

} // namespace

BOOST_AUTO_TEST_SUITE(waiting_clients)

BOOST_AUTO_TEST_CASE(it_waits_for_one_answer_after_another) {
    scripted_server server({{{hello, hello}, false}});
    waiting_client one(nullptr, is_over_after(20s));
    for (int i = 0; i < 2; ++i) {
        const auto got = ask(one, server);
        BOOST_TEST_REQUIRE((got && got->has_value()));
        BOOST_TEST(**got == "hello");
    }
    BOOST_TEST(server.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(a_failure_is_an_answer) {
    scripted_server server({{{"nonsense\r\n\r\n"}, true}});
    waiting_client one(nullptr, is_over_after(20s));
    const auto got = ask(one, server);
    BOOST_TEST_REQUIRE((got && got->has_error()));
    BOOST_TEST((got->error().what == call_fault::kind::malformed));
}

BOOST_AUTO_TEST_CASE(it_stops_waiting_when_it_is_told_to) {
    scripted_server server({{{}, false}}); // accepts, and stays silent
    int looks = 0;
    waiting_client one(nullptr, [&looks] { return ++looks > 3; });
    BOOST_TEST(!ask(one, server));
    BOOST_TEST(looks > 3);
    BOOST_TEST(!ask(one, server)); // and does not begin again
}

BOOST_AUTO_TEST_CASE(time_passes) {
    BOOST_TEST(is_over_after(0ms)());
    BOOST_TEST(!is_over_after(1h)());
}

BOOST_AUTO_TEST_SUITE_END()
