// Tests the arithmetic of rates, without a clock and without sleeping.
#include "core/download/rate_bucket.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using sluice::core::rate_bucket;
using namespace std::chrono_literals;

namespace {

const rate_bucket::time_point start{1h};

/// The bytes of a transfer that sends its whole allowance at every step for `time`, and that wakes
/// `lateness` after the requested instant.
std::uint64_t sent_in(std::chrono::nanoseconds time, std::uint64_t rate,
                      std::chrono::nanoseconds lateness, std::uint64_t most_at_once) {
    rate_bucket bucket;
    std::uint64_t sent = 0;
    for (auto now = start; now < start + time;) {
        if (const auto most = std::min(bucket.allowance(rate, now), most_at_once); most != 0) {
            bucket.charge(most, rate, now);
            sent += most;
        } else {
            now = std::max(bucket.ready_at(), now) + lateness;
        }
    }
    return sent;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rate_buckets)

BOOST_AUTO_TEST_CASE(a_new_bucket_allows_one_burst) {
    const rate_bucket bucket;
    BOOST_TEST(bucket.allowance(1'000'000, start) == 500'000U);
    BOOST_TEST(bucket.allowance(1, start) == 1U);
    BOOST_TEST(bucket.is_full(start));
}

BOOST_AUTO_TEST_CASE(credit_comes_back_with_time_and_no_further_than_the_burst) {
    rate_bucket bucket;
    bucket.charge(500'000, 1'000'000, start);
    BOOST_TEST(bucket.allowance(1'000'000, start) == 0U);
    BOOST_TEST(bucket.allowance(1'000'000, start + 49ms) == 0U); // less than half a step
    BOOST_TEST(bucket.allowance(1'000'000, start + 200ms) == 200'000U);
    BOOST_TEST(bucket.allowance(1'000'000, start + 1h) == 500'000U);
    BOOST_CHECK(bucket.ready_at() == start + 100ms);
    BOOST_TEST(!bucket.is_full(start + 499ms));
    BOOST_TEST(bucket.is_full(start + 500ms));
}

BOOST_AUTO_TEST_CASE(time_in_which_nothing_went_earns_one_burst_and_no_more) {
    rate_bucket bucket;
    bucket.charge(1, 1'000'000, start);
    const auto later = start + 1h;
    BOOST_TEST(bucket.allowance(1'000'000, later) == 500'000U);
    bucket.charge(500'000, 1'000'000, later);
    BOOST_TEST(bucket.allowance(1'000'000, later) == 0U);
    BOOST_CHECK(bucket.ready_at() == later + 100ms);
    BOOST_TEST(!bucket.is_full(later + 499ms));
}

BOOST_AUTO_TEST_CASE(more_than_was_allowed_is_waited_for) {
    rate_bucket bucket;
    bucket.charge(3'000'000, 1'000'000, start);
    BOOST_TEST(bucket.allowance(1'000'000, start + 2s) == 0U);
    BOOST_CHECK(bucket.ready_at() == start + 2600ms);
    BOOST_TEST(bucket.allowance(1'000'000, start + 2600ms) == 100'000U);
}

BOOST_AUTO_TEST_CASE(the_rate_is_kept_over_time_whatever_it_is) {
    for (const std::uint64_t rate : {1'000ULL, 65'536ULL, 1'000'000ULL, 1ULL << 30, 1ULL << 40}) {
        for (const auto lateness : {0ms, 100ms, 300ms}) {
            for (const std::uint64_t most : {1ULL << 10, 1ULL << 19, ~0ULL}) {
                if (rate > most * 100'000) {
                    continue; // too many steps for a test
                }
                BOOST_TEST_CONTEXT(rate << " B/s, " << lateness.count() << " ms late, " << most) {
                    const auto sent = static_cast<double>(sent_in(20s, rate, lateness, most));
                    const auto wanted = 20.0 * static_cast<double>(rate);
                    BOOST_TEST(sent <= wanted * 1.03); // a burst of half a second
                    BOOST_TEST(sent >= wanted * 0.95);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(two_rates_share_one_time) {
    rate_bucket bucket;
    bucket.charge(250'000, 1'000'000, start); // a quarter of a second at the one rate
    BOOST_TEST(bucket.allowance(4'000'000, start) ==
               1'000'000U); // a quarter is left for the other rate
}

BOOST_AUTO_TEST_CASE(a_whole_file_at_the_lowest_rate_does_not_overflow) {
    rate_bucket bucket;
    bucket.charge(std::uint64_t{1} << 62, 1, start);
    BOOST_TEST(bucket.allowance(1, start + 24h) == 0U);
    BOOST_CHECK(bucket.ready_at() > start + 24h);
}

BOOST_AUTO_TEST_SUITE_END()
