#include "http/connection/bare_sessions.hpp"
#include "http/connection/proxy_prologue.hpp"
#include "test/support/session_fixture.hpp"

#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::test;

namespace {

using namespace std::string_view_literals;
using local_socket = net::local::stream_protocol::socket;

constexpr auto v2_local = "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"sv;
constexpr auto v2_unspec = "\r\n\r\n\0\r\nQUIT\n\x21\0\0\0"sv;

/// Responds with whether the client is on this machine.
class where_from final : public handler {
  public:
    void handle(request& in, reply& out) const override {
        out.begin(200).finish_with("text/plain", in.peer->is_loopback ? "here" : "elsewhere");
    }
};

/// A worker behind a balancer on this machine.
struct behind_a_balancer : fixture {
    explicit behind_a_balancer(unsigned connections = 10)
        : gate({.connections = connections, .uncounted = {}}) {
        serve(where, route_label::download);
    }

    /// The response to a connection that starts with `header` and a request.
    std::string answer_to(std::string_view header) {
        local_socket client(server->context());
        local_socket remote(server->context());
        net::local::connect_pair(client, remote);
        remote.non_blocking(true);
        arrival from{.socket = core::unique_fd(remote.release()),
                     .peer = {.address = "127.0.0.1",
                              .is_loopback = true,
                              .ip = core::parse_ip_address("127.0.0.1").value()},
                     .verdict = gate.admit(std::nullopt)};
        if (from.verdict.how != admission::served) {
            return "the balancer is turned away";
        }
        server->adopt(std::move(from), by);
        const auto text =
            std::string(header) + "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
        net::write(client, net::buffer(text));
        poll();
        std::string all(4096, '\0');
        client.non_blocking(true);
        error_code ec;
        all.resize(client.read_some(net::buffer(all), ec));
        return all;
    }

    where_from where;
    connection_gate gate;
    bare_sessions bare;
    proxied_sessions by{
        {.gate = gate, .allowed = core::proxy_protocol::any, .from = {}, .next = bare}};
};

struct with_room_for_one : behind_a_balancer {
    with_room_for_one() : behind_a_balancer(1) {}
};

} // namespace

BOOST_AUTO_TEST_SUITE(proxy_prologue_suite)

BOOST_FIXTURE_TEST_CASE(row_52_nobody_behind_a_balancer_is_on_this_machine, behind_a_balancer) {
    for (const auto header : {"PROXY UNKNOWN\r\n"sv, "PROXY UNKNOWN 127.0.0.1 127.0.0.1 1 2\r\n"sv,
                              "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n"sv,
                              "PROXY TCP6 ::1 ::1 1 2\r\n"sv, v2_unspec, v2_local}) {
        BOOST_TEST_CONTEXT(header) {
            const auto said = answer_to(header);
            BOOST_TEST(said.starts_with("HTTP/1.1 200 "), said);
            BOOST_TEST(said.ends_with("elsewhere"), said);
        }
    }
}

// After the header, the place of the balancer's own connection counts for its client.
BOOST_FIXTURE_TEST_CASE(a_connection_takes_one_place, with_room_for_one) {
    for (const auto header : {"PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n"sv, "PROXY UNKNOWN\r\n"sv,
                              "PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n"sv}) {
        const auto said = answer_to(header);
        BOOST_TEST(said.starts_with("HTTP/1.1 200 "), said);
        pass(3s); // closed
    }
}

BOOST_AUTO_TEST_SUITE_END()
