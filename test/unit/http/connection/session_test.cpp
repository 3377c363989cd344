// Sessions on Beast's in-memory stream: bytes in, responses out, with faults injected at every I/O
// step.
#include "http/connection/session_end.hpp"
#include "test/fuzz/memory_transport.hpp"
#include "test/support/session_fixture.hpp"
#include "test/support/stream_transport.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::test;
using namespace std::chrono_literals;
namespace beast_test = boost::beast::test;

BOOST_AUTO_TEST_SUITE(session_suite)

BOOST_FIXTURE_TEST_CASE(one_request_one_answer, fixture) {
    auto client = connect(get_a);
    const auto text = received(client);
    BOOST_TEST(text.starts_with("HTTP/1.1 200 OK\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n"));
    BOOST_TEST(text.ends_with("\r\n\r\na"));
    BOOST_TEST(open() == 1U);
    BOOST_TEST(log.text.find("\"status\":200") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(file_bytes_and_parts, fixture) {
    auto client = connect(get_file);
    BOOST_TEST(received(client).ends_with("Content-Length: 10\r\n\r\n0123456789"));
    auto parts = connect("GET /parts HTTP/1.1\r\nHost: h\r\n\r\n");
    BOOST_TEST(received(parts).ends_with(
        "\r\n--b\r\nContent-Type: video/mp4\r\nContent-Range: bytes 0-2/10\r\n\r\n012"
        "\r\n--b\r\nContent-Type: video/mp4\r\nContent-Range: bytes "
        "5-6/10\r\n\r\n56\r\n--b--\r\n"));
}

BOOST_FIXTURE_TEST_CASE(head_sends_no_content, fixture) {
    auto client = connect("HEAD /file HTTP/1.1\r\nHost: h\r\n\r\n");
    BOOST_TEST(received(client).ends_with("Content-Length: 10\r\n\r\n"));
}

BOOST_FIXTURE_TEST_CASE(pipelined_requests_are_answered_in_order, fixture) {
    auto client =
        connect(get_a + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto text = received(client);
    BOOST_TEST(count(text, "HTTP/1.1 200 OK") == 3U);
    BOOST_TEST(text.find("\r\n\r\na") < text.find("\r\n\r\nb"));
    BOOST_TEST(text.find("\r\n\r\nb") < text.find("\r\n\r\nc"));
}

BOOST_FIXTURE_TEST_CASE(the_last_request_of_a_connection_closes_it, fixture) {
    auto client = connect(get_a + get_a + get_a + get_a);
    const auto text = received(client);
    BOOST_TEST(count(text, "HTTP/1.1 200 OK") == 3U);
    BOOST_TEST(count(text, "Connection: close") == 1U);
}

BOOST_FIXTURE_TEST_CASE(content_never_becomes_a_request, fixture) {
    auto client = connect("GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 30\r\n\r\n" + get_a);
    const auto text = received(client);
    BOOST_TEST(count(text, "HTTP/1.1 ") == 1U);
    BOOST_TEST(text.find("content-refused") != std::string::npos);
    BOOST_TEST(text.find("Connection: close") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_malformed_request_is_answered_and_closed, fixture) {
    auto client = connect("NONSENSE\r\n\r\n" + get_a);
    const auto text = received(client);
    BOOST_TEST(count(text, "HTTP/1.1 ") == 1U);
    BOOST_TEST(text.starts_with("HTTP/1.1 400 "));
    BOOST_TEST(log.text.find("malformed-request") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(methods_and_routes, fixture) {
    auto post = connect("POST /a HTTP/1.1\r\nHost: h\r\n\r\n");
    BOOST_TEST(received(post).starts_with("HTTP/1.1 405 "));
    BOOST_TEST(received(post).find("Allow: GET, HEAD, OPTIONS") != std::string::npos);
    auto unknown = connect("GET /a/b HTTP/1.1\r\nHost: h\r\n\r\n");
    BOOST_TEST(received(unknown).starts_with("HTTP/1.1 404 "));
    auto star = connect("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
    BOOST_TEST(received(star).starts_with("HTTP/1.1 204 "));
    BOOST_TEST(received(star).find("Content-Length") == std::string::npos);
    auto get_star = connect("GET * HTTP/1.1\r\nHost: h\r\n\r\n");
    BOOST_TEST(received(get_star).starts_with("HTTP/1.1 400 "));
}

BOOST_FIXTURE_TEST_CASE(origins_are_allowed_by_name, fixture) {
    auto good = connect("GET /a HTTP/1.1\r\nHost: h\r\nOrigin: https://good.example\r\n\r\n");
    BOOST_TEST(received(good).find("Access-Control-Allow-Origin: https://good.example\r\n") !=
               std::string::npos);
    auto bad = connect("GET /a HTTP/1.1\r\nHost: h\r\nOrigin: https://bad.example\r\n\r\n");
    BOOST_TEST(received(bad).find("Access-Control") == std::string::npos);
    auto preflight = connect("OPTIONS /a HTTP/1.1\r\nHost: h\r\nOrigin: https://good.example\r\n"
                             "Access-Control-Request-Method: GET\r\n\r\n");
    BOOST_TEST(
        received(preflight).find("Access-Control-Allow-Headers: Authorization, Range, "
                                 "If-Range, If-Match, If-None-Match, If-Modified-Since, "
                                 "If-Unmodified-Since, Cache-Control, X-Request-Id, traceparent, "
                                 "tracestate, baggage, sentry-trace\r\n") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_slow_header_gets_408_however_it_trickles, fixture) {
    auto client = connect("GET /a HT");
    for (int i = 0; i < 9; ++i) {
        pass(1s);
        send(client, "T");
    }
    BOOST_TEST(received(client).empty());
    pass(1s + 2 * deadline_wheel::tick);
    BOOST_TEST(received(client).starts_with("HTTP/1.1 408 "));
    pass(5s);
    BOOST_TEST(open() == 0U);
}

// Not idle_timeout, which is far longer: the request has started.
BOOST_FIXTURE_TEST_CASE(a_later_request_that_is_slow_gets_408_as_well, fixture) {
    auto client = connect(get_a);
    pass(30s);
    send(client, "GET /b HTTP/1.1\r\n");
    for (int i = 0; i < 9; ++i) {
        pass(1s);
        send(client, "X: y\r\n");
    }
    BOOST_TEST(count(received(client), "HTTP/1.1 ") == 1U);
    pass(1s + 2 * deadline_wheel::tick);
    BOOST_TEST(count(received(client), "HTTP/1.1 408 ") == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_timeout_counts_its_own_bytes_and_no_others, fixture) {
    auto first = connect("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto before = server->count().bytes_sent.value();
    auto slow = connect("GET /a HT");
    pass(10s + 2 * deadline_wheel::tick);
    BOOST_TEST(server->count().bytes_sent.value() - before == received(slow).size());
}

BOOST_FIXTURE_TEST_CASE(a_silent_connection_is_closed_without_a_word, fixture) {
    auto client = connect("");
    pass(10s + 2 * deadline_wheel::tick);
    BOOST_TEST(received(client).empty());
    BOOST_TEST(open() == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_idle_connection_outlives_the_header_deadline, fixture) {
    auto client = connect(get_a);
    pass(70s);
    BOOST_TEST(open() == 1U);
    send(client, get_a);
    BOOST_TEST(count(received(client), "HTTP/1.1 200 OK") == 2U);
    pass(76s);
    BOOST_TEST(open() == 0U);
}

BOOST_FIXTURE_TEST_CASE(draining_answers_close, fixture) {
    auto client = connect(get_a);
    draining = true;
    send(client, get_a);
    BOOST_TEST(count(received(client), "Connection: close") == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_client_goes_away, fixture) {
    auto client = connect(get_a);
    client.close();
    poll();
    BOOST_TEST(open() == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_that_ends_early_is_cut_and_never_padded) {
    fixture f(20); // the file has 10 bytes, the response promised 20
    auto client = f.connect(get_file);
    const auto text = received(client);
    BOOST_TEST(text.find("Content-Length: 20\r\n") != std::string::npos);
    BOOST_TEST(text.ends_with("\r\n\r\n0123456789"));
    BOOST_TEST(f.open() == 0U);
    BOOST_TEST(f.log.text.find("\"outcome\":\"cut\"") != std::string::npos);
    BOOST_TEST(f.server->count().transfers_cut.value() == 1U);
}

BOOST_AUTO_TEST_CASE(a_fault_at_any_io_step_ends_the_session_and_nothing_else) {
    for (const auto* path : {"a", "file", "parts", "big"}) {
        for (std::size_t step = 0; step < 12; ++step) {
            BOOST_TEST_CONTEXT(path << " step " << step) {
                fixture f;
                beast_test::fail_count faults(step);
                auto client = f.connect(
                    "GET /" + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n" + get_a, &faults);
                const auto text = received(client);
                BOOST_TEST(count(text, "HTTP/1.1 200 OK") <= 2U);
                client.close();
                f.poll();
                BOOST_TEST(f.open() == 0U);
                BOOST_TEST(f.server->count().requests_active.value() == 0U);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(sessions_that_are_open_end_with_their_worker) {
    fixture f;
    {
        const auto idle = f.connect(get_a);
        const auto partial = f.connect("GET /a");
    } // the in-memory streams need their context; nothing is polled, so the sessions stay
    BOOST_TEST(f.open() == 2U);
    f.server.reset(); // the sanitizers report any leak
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_owes_bytes_waits_with_its_next_answer, fixture) {
    auto client =
        connect("GET /paced HTTP/1.1\r\nHost: h\r\n\r\nGET /paced HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto first = received(client);
    BOOST_TEST(count(first, "HTTP/1.1 200") == 1U);
    const auto& states = server->count().connections;
    const auto throttled = static_cast<std::size_t>(connection_state::throttled);
    BOOST_TEST(states[throttled].value() == 1U);
    const auto owed = std::chrono::milliseconds(first.size() * 10);
    pass(owed - 600ms);
    BOOST_TEST(count(received(client), "HTTP/1.1 200") == 1U);
    pass(700ms);
    BOOST_TEST(count(received(client), "HTTP/1.1 200") == 2U);
    BOOST_TEST(states[throttled].value() == 0U);
    BOOST_TEST(open() == 1U);
}

namespace {

/// A hundred bytes of file at a hundred bytes per second.
class paced_file final : public handler {
  public:
    explicit paced_file(core::media_handle media) : file_(video_of(std::move(media))) {}
    void handle(request&, reply& out) const override {
        out.begin(200).finish_with(file_, core::byte_slice{0, file_.media->facts.size});
        out.keep(
            std::make_unique<pace>(transfer_rates{.connection = 100}, user_transfers::place()));
    }

  private:
    cached_file file_;
};

} // namespace

// The peer takes nothing when sending is allowed again: its full timeout starts then.
BOOST_FIXTURE_TEST_CASE(our_own_pauses_are_not_held_against_the_peer, fixture) {
    dir.write_file("f", std::string(400, 'x'));
    const paced_file paced(open_file(dir, 400));
    limits.transfer = {.stall = 2s, .min_bytes_per_second = 1 << 20, .grace = 2s};
    serve(paced, route_label::download);
    sluice::fuzz::memory_connection peer;
    peer.ends = false;
    peer.incoming = "GET /f HTTP/1.1\r\nHost: h\r\n\r\n";
    peer.next_part = [&peer] { return peer.incoming.size(); };
    peer.room = 1000;
    auto* started = new session<sluice::fuzz::memory_transport>(
        *server, sluice::fuzz::memory_transport(peer), {.address = "192.0.2.1"});
    started->start({.how = admission::served, .limit = {}, .place = {}});
    const auto states = [this](connection_state of) {
        return server->count().connections[static_cast<std::size_t>(of)].value();
    };
    const auto run = [&] {
        poll();
        while (peer.readable && peer.step()) {
            poll();
        }
    };
    run();
    BOOST_TEST(states(connection_state::throttled) == 1U); // for the bytes of the header
    peer.room = 0;
    for (int i = 0; i < 100 && states(connection_state::throttled) == 1U; ++i) {
        pass(100ms);
    }
    BOOST_TEST(states(connection_state::writing) == 1U); // blocked
    pass(1s);
    BOOST_TEST(states(connection_state::writing) == 1U);
    BOOST_TEST(server->count().transfers_cut.value() == 0U);
    pass(2s); // but not indefinitely
    while (peer.step()) {
        poll();
    }
    BOOST_TEST(server->count().transfers_cut.value() == 1U);
    BOOST_TEST(peer.is_gone);
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_leaves_while_we_wait_is_noticed_at_the_next_write, fixture) {
    {
        auto client =
            connect("GET /paced HTTP/1.1\r\nHost: h\r\n\r\nGET /paced HTTP/1.1\r\nHost: h\r\n\r\n");
        client.close_remote();
    }
    pass(60s);
    pass(60s);
    poll();
    BOOST_TEST(open() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
