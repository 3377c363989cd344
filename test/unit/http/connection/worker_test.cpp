#include "http/connection/worker.hpp"
#include "test/support/later_handler.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::test;

BOOST_AUTO_TEST_SUITE(worker_suite)

BOOST_FIXTURE_TEST_CASE(a_new_site_is_for_the_requests_that_begin_after_it, fixture) {
    auto half = connect("GET /a HTTP/1.1\r\nHost: h\r\n");
    auto idle = connect(get_a);
    limits.header.header_fields = 2;
    server->renew(make_site());
    poll();
    const std::string fields = "X-1: 1\r\nX-2: 2\r\n";
    send(half, fields + "\r\n");
    BOOST_TEST(received(half).starts_with("HTTP/1.1 200 "));
    send(idle, "GET /b HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
    BOOST_TEST(count(received(idle), "HTTP/1.1 200 ") == 1U);
    BOOST_TEST(count(received(idle), "HTTP/1.1 431 ") == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_site_goes_when_nobody_needs_it, fixture) {
    const std::weak_ptr<const void> first = server->pin();
    auto client = connect(get_a);
    {
        const auto pinned = server->pin();
        server->renew(make_site());
        poll();
        BOOST_TEST(!first.expired());
    }
    BOOST_TEST(first.expired());
    send(client, get_a);
    BOOST_TEST(count(received(client), "HTTP/1.1 200 ") == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_new_site_forgets_the_files_of_the_old_one, fixture) {
    server->files().insert("/f", std::make_shared<const cached_file>(), clock.steady());
    BOOST_TEST(server->files().size() == 1U);
    server->renew(make_site());
    poll();
    BOOST_TEST(server->files().size() == 0U);
}

// A suspended request opens its file by the old layout, under the same URL.
BOOST_FIXTURE_TEST_CASE(row_58_a_suspended_request_keeps_to_the_files_it_began_with,
                        later_fixture) {
    auto client = connect(get_later);
    server->renew(make_site());
    poll();
    later.take().complete([this](request& in, reply& out) {
        BOOST_TEST(in.files != &server->files());
        in.files->insert("/f", std::make_shared<const cached_file>(), clock.steady());
        answer_with(out, "opened");
    });
    poll();
    BOOST_TEST(received(client).ends_with("\r\n\r\nopened"));
    BOOST_TEST(server->files().size() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_transfer_under_way_is_logged_when_the_worker_ends, fixture) {
    {
        const auto client =
            connect("GET /paced HTTP/1.1\r\nHost: h\r\n\r\nGET /paced HTTP/1.1\r\nHost: h\r\n\r\n");
    } // the in-memory stream needs its context
    BOOST_TEST(count(log.text, "\n") == 1U);
    server.reset();
    BOOST_TEST(count(log.text, "\n") == 2U);
    BOOST_TEST(count(log.text, R"("outcome":"complete")") == 1U);
    BOOST_TEST(count(log.text, R"("outcome":"cut","cause":"shutdown")") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
