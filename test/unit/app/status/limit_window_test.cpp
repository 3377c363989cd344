#include "app/status/limit_window.hpp"

#include <boost/test/unit_test.hpp>

namespace app = sluice::app;
using std::chrono::seconds;

namespace {

app::limit_totals first(std::uint64_t value) {
    app::limit_totals all{};
    all.front() = value;
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(limit_window)

BOOST_AUTO_TEST_CASE(before_the_first_minute_all_counts) {
    app::limit_window window;
    const app::limit_window::time_point start{seconds(1000)};
    BOOST_TEST(window.reached(start, first(2)).front() == 2U);
    window.sample(start, first(2));
    BOOST_TEST(window.reached(start + seconds(5), first(3)).front() == 3U);
}

BOOST_AUTO_TEST_CASE(what_is_older_than_a_minute_no_longer_counts) {
    app::limit_window window;
    const app::limit_window::time_point start{seconds(1000)};
    for (int second = 0; second <= 100; ++second) {
        window.sample(start + seconds(second), first(second < 10 ? 0 : 5));
    }
    BOOST_TEST(window.reached(start + seconds(69), first(5)).front() == 5U);
    BOOST_TEST(window.reached(start + seconds(100), first(5)).front() == 0U);
    BOOST_TEST(window.reached(start + seconds(100), first(6)).front() == 1U);
}

BOOST_AUTO_TEST_CASE(totals_are_the_sum_of_all_threads) {
    sluice::http::counters one;
    sluice::http::counters other;
    one.add_limit(sluice::http::limit_label::min_rate);
    other.add_limit(sluice::http::limit_label::min_rate);
    const std::array<const sluice::http::counters*, 2> all{&one, &other};
    const auto sum = app::totals_of(all);
    BOOST_TEST(sum[static_cast<std::size_t>(sluice::http::limit_label::min_rate)] == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
