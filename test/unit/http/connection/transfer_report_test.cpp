#include "http/connection/transfer_report.hpp"
#include "http/connection/worker.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>

namespace http = sluice::http;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(transfer_report)

BOOST_AUTO_TEST_CASE(the_oldest_are_described_and_the_others_are_counted) {
    std::deque<http::outbound> all;
    std::vector<http::transfer_view> views;
    for (const int started : {5, 1, 4, 2, 3}) {
        auto& one = all.emplace_back();
        one.record().restart(std::chrono::steady_clock::time_point(seconds(started)));
        one.record().user_id = std::to_string(started);
        views.push_back({&one, http::connection_state::throttled});
    }
    const auto got = http::describe_oldest(views, 3);
    BOOST_TEST(got.more == 2U);
    BOOST_REQUIRE(got.oldest.size() == 3U);
    BOOST_TEST(got.oldest[0].user_id == "1");
    BOOST_TEST(got.oldest[2].user_id == "3");
    BOOST_TEST((got.oldest[0].waits_for == http::connection_state::throttled));
    BOOST_TEST(http::describe_oldest(views, 9).more == 0U);
    BOOST_TEST(http::describe_oldest({}, 9).oldest.empty());
}

BOOST_AUTO_TEST_CASE(a_response_without_a_file_is_no_transfer) {
    http::outbound text;
    BOOST_TEST(!http::is_of_file({&text, http::connection_state::writing}));
    BOOST_TEST(!http::is_of_file({}));
}

BOOST_AUTO_TEST_SUITE_END()
