// Suspended requests on the in-memory stream, with faults injected.
#include "http/exchange/suspension.hpp"
#include "test/support/later_handler.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice::test;

BOOST_AUTO_TEST_SUITE(suspension_suite)

BOOST_FIXTURE_TEST_CASE(the_answer_comes_when_it_is_there, later_fixture) {
    auto client = connect("GET /later?q=1 HTTP/1.1\r\nHost: h\r\nX-A: b\r\n"
                          "Origin: https://good.example\r\n\r\n");
    BOOST_TEST(received(client).empty());
    BOOST_TEST(active() == 1U);
    BOOST_TEST(suspended() == 1U);
    clock.advance(3s);
    later.take().complete([](request& in, reply& out) {
        answer_with(out, std::string(in.query) + (in.head.has_field("x-a") ? " whole" : " lost"));
    });
    poll();
    const auto text = received(client);
    BOOST_TEST(text.starts_with("HTTP/1.1 200 OK\r\nDate: Tue, 14 Nov 2023 22:13:23 GMT\r\n"));
    BOOST_TEST(text.find("Access-Control-Allow-Origin: https://good.example") != std::string::npos);
    BOOST_TEST(text.ends_with("\r\n\r\nq=1 whole"));
    BOOST_TEST(active() == 0U);
    BOOST_TEST(suspended() == 0U);
    BOOST_TEST(log.text.find("\"status\":200") != std::string::npos);
    BOOST_TEST(log.text.find("\"duration_us\":3000000") != std::string::npos);
    send(client, get_now); // the connection goes on
    BOOST_TEST(received(client).ends_with("\r\n\r\nnow"));
}

BOOST_FIXTURE_TEST_CASE(head_and_draining_are_as_for_any_answer, later_fixture) {
    auto client = connect("HEAD /later HTTP/1.1\r\nHost: h\r\n\r\n");
    draining = true;
    later.take().complete([](request&, reply& out) { answer_with(out, "text"); });
    poll();
    BOOST_TEST(received(client).ends_with("Content-Length: 4\r\n\r\n"));
    BOOST_TEST(received(client).find("Connection: close") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(pipelined_requests_wait_their_turn, later_fixture) {
    auto client = connect(get_later + get_now + get_later);
    BOOST_TEST(later.held() == 1U);
    send(client, get_now);
    BOOST_TEST(received(client).empty());
    later.take().complete([](request&, reply& out) { answer_with(out, "first"); });
    poll();
    BOOST_TEST(count(received(client), "HTTP/1.1 200 OK") == 2U);
    later.take().complete([](request&, reply& out) { answer_with(out, "third"); });
    poll();
    const auto text = received(client);
    BOOST_TEST(count(text, "HTTP/1.1 200 OK") == 4U);
    BOOST_TEST(text.find("\r\n\r\nfirst") < text.find("\r\n\r\nnow"));
    BOOST_TEST(text.find("\r\n\r\nnow") < text.find("\r\n\r\nthird"));
    BOOST_TEST(text.ends_with("\r\n\r\nnow"));
}

BOOST_FIXTURE_TEST_CASE(a_request_may_be_suspended_again, later_fixture) {
    auto client = connect(get_later);
    later.take().complete([this](request& in, reply& out) { later.handle(in, out); });
    poll();
    BOOST_TEST(suspended() == 1U);
    BOOST_TEST(received(client).empty());
    pass(3s);
    later.take().complete([](request&, reply& out) { answer_with(out, "done"); });
    poll();
    BOOST_TEST(received(client).ends_with("\r\n\r\ndone"));
}

BOOST_FIXTURE_TEST_CASE(too_long_is_503_and_the_late_answer_finds_nobody, later_fixture) {
    auto client = connect(get_later);
    pass(5s + 2 * deadline_wheel::tick);
    const auto text = received(client);
    BOOST_TEST(text.starts_with("HTTP/1.1 503 "));
    BOOST_TEST(text.find("Retry-After: 2\r\n") != std::string::npos);
    BOOST_TEST(text.find("handler-timeout") != std::string::npos);
    const auto limit = static_cast<std::size_t>(limit_label::handler_timeout);
    BOOST_TEST(server->count().limits_reached[limit].value() == 1U);
    BOOST_TEST(suspended() == 0U);
    later.take().complete([](request&, reply& out) { answer_with(out, "late"); });
    poll();
    BOOST_TEST(count(received(client), "HTTP/1.1 ") == 1U);
    send(client, get_now);
    BOOST_TEST(received(client).ends_with("\r\n\r\nnow"));
}

BOOST_FIXTURE_TEST_CASE(a_second_wait_has_no_second_deadline, later_fixture) {
    auto client = connect(get_later);
    pass(4s);
    later.take().complete([this](request& in, reply& out) { later.handle(in, out); });
    poll();
    pass(1s + 2 * deadline_wheel::tick);
    BOOST_TEST(received(client).starts_with("HTTP/1.1 503 "));
}

// The configuration that handled the first part of a request may be in use until its end.
BOOST_FIXTURE_TEST_CASE(a_second_wait_keeps_what_was_in_force, later_fixture) {
    const std::weak_ptr<const void> before = server->pin();
    auto client = connect(get_later);
    server->renew(make_site());
    poll();
    later.take().complete([this](request& in, reply& out) { later.handle(in, out); });
    poll();
    BOOST_TEST(suspended() == 1U);
    BOOST_TEST(!before.expired());
    later.take().complete([](request&, reply& out) { answer_with(out, "done"); });
    poll();
    BOOST_TEST(received(client).ends_with("\r\n\r\ndone"));
    BOOST_TEST(before.expired());
}

BOOST_FIXTURE_TEST_CASE(a_completion_that_is_dropped_answers, later_fixture) {
    auto client = connect(get_later);
    { const auto dropped = later.take(); }
    poll();
    BOOST_TEST(received(client).starts_with("HTTP/1.1 503 "));
    BOOST_TEST(received(client).find("overloaded") != std::string::npos);
    send(client, get_later);
    auto one = later.take();
    one = completion(); // assignment drops the held completion
    poll();
    BOOST_TEST(count(received(client), "overloaded") == 2U);
}

BOOST_FIXTURE_TEST_CASE(what_was_in_force_stays_until_the_job_is_over, later_fixture) {
    const std::weak_ptr<const void> before = server->pin();
    auto client = connect(get_later);
    server->renew(make_site());
    poll();
    BOOST_TEST(!before.expired());
    pass(5s + 2 * deadline_wheel::tick); // the request is given up; its job may still run
    BOOST_TEST(!before.expired());
    later.take().complete([](request&, reply&) {});
    poll();
    BOOST_TEST(before.expired());
}

// The response is ready, and the deadline is reached before the wait for the peer has ended; the
// handlers run one after the other.
BOOST_FIXTURE_TEST_CASE(an_answer_made_at_the_deadline_is_sent_once, later_fixture) {
    auto client = connect(get_later);
    clock.advance(5s + 2 * deadline_wheel::tick);
    later.take().complete([](request&, reply& out) { answer_with(out, "just in time"); });
    server->context().restart();
    BOOST_TEST_REQUIRE(server->context().poll_one() == 1U);
    BOOST_TEST(received(client).empty()); // it waits in the queue
    server->deadlines().advance(clock.steady());
    poll();
    BOOST_TEST(count(received(client), "HTTP/1.1 200 ") == 1U);
    BOOST_TEST(count(received(client), "HTTP/1.1 ") == 1U);
    BOOST_TEST(server->count().transfers_cut.value() == 0U);
    send(client, get_now);
    BOOST_TEST(received(client).ends_with("\r\n\r\nnow"));
}

// The peer cannot have stalled before there was anything to read.
BOOST_FIXTURE_TEST_CASE(the_time_before_the_answer_is_not_held_against_the_reader, later_fixture) {
    limits.transfer.stall = 2s;
    serve(later, route_label::token);
    auto client = connect(get_later);
    clock.advance(4s);
    later.take().complete(
        [](request&, reply& out) { answer_with(out, std::string(300'000, 'x')); });
    server->context().restart();
    server->context().poll_one();
    server->deadlines().advance(clock.steady() + deadline_wheel::tick);
    poll();
    BOOST_TEST(received(client).size() > 300'000U);
    BOOST_TEST(server->count().transfers_cut.value() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_client_that_half_closes_gets_every_answer, later_fixture) {
    auto client = connect(get_later + get_now + get_later);
    client.close(); // only its sending side, on this stream
    poll();
    BOOST_TEST(suspended() == 1U);
    for (const auto* const text : {"first", "third"}) {
        BOOST_TEST_REQUIRE(later.held() == 1U);
        later.take().complete([text](request&, reply& out) { answer_with(out, text); });
        poll();
    }
    BOOST_TEST(count(received(client), "HTTP/1.1 200 OK") == 3U);
    BOOST_TEST(received(client).ends_with("\r\n\r\nthird"));
    BOOST_TEST(open() == 0U);
    BOOST_TEST(server->count().transfers_lost.value() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_client_that_half_closes_hears_of_the_deadline, later_fixture) {
    auto client = connect(get_later);
    client.close();
    poll();
    pass(5s + 2 * deadline_wheel::tick);
    BOOST_TEST(received(client).starts_with("HTTP/1.1 503 "));
    BOOST_TEST(open() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_client_that_leaves_is_noticed, later_fixture) {
    beast_test::fail_count faults(2); // its request is read, and then the connection breaks
    auto client = connect(get_later, &faults);
    poll();
    BOOST_TEST(open() == 0U);
    BOOST_TEST(active() == 0U);
    BOOST_TEST(suspended() == 0U);
    BOOST_TEST(server->count().transfers_lost.value() == 1U);
    BOOST_TEST(log.text.find("\"status\":0,") != std::string::npos);
    BOOST_TEST(log.text.find("\"outcome\":\"aborted\"") != std::string::npos);
    later.take().complete([](request&, reply&) { BOOST_ERROR("nobody is there"); });
    poll();
}

BOOST_AUTO_TEST_CASE(a_fault_at_any_io_step_ends_the_session_and_nothing_else) {
    for (std::size_t step = 0; step < 8; ++step) {
        BOOST_TEST_CONTEXT("step " << step) {
            later_fixture f;
            beast_test::fail_count faults(step);
            auto client = f.connect(get_later + get_now, &faults);
            if (f.later.held() > 0) {
                f.later.take().complete([](request&, reply& out) { answer_with(out, "a"); });
            }
            f.poll();
            client.close();
            f.poll();
            BOOST_TEST(f.open() == 0U);
            BOOST_TEST(f.active() == 0U);
            BOOST_TEST(f.suspended() == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_completion_outlives_the_worker) {
    later_fixture f;
    completion posted_and_not_run;
    completion later;
    {
        const auto first = f.connect(get_later);
        const auto second = f.connect(get_later);
        posted_and_not_run = f.later.take();
        later = f.later.take();
        posted_and_not_run.complete([](request&, reply&) { BOOST_ERROR("the worker has ended"); });
    }
    f.server.reset(); // with two suspended requests
    later.complete([](request&, reply&) { BOOST_ERROR("the worker has ended"); });
}

BOOST_AUTO_TEST_SUITE_END()
