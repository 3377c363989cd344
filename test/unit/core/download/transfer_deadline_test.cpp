#include "core/download/transfer_deadline.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <optional>

namespace sluice::core {

namespace {

using namespace std::chrono_literals;
using time_point = transfer_deadline::time_point;
using std::chrono::seconds;

constexpr time_point start{100h};
constexpr transfer_limits limits{.stall = 60s, .min_bytes_per_second = 512, .grace = 60s};

/// Simulates a client that takes `bytes` every `pause`, for `duration`. Returns when it is cut;
/// nullopt: never.
std::optional<time_point::duration> cut_after(const transfer_limits& rules, std::uint64_t bytes,
                                              time_point::duration pause,
                                              time_point::duration duration) {
    transfer_deadline deadline(rules, start);
    for (auto now = start + pause; now <= start + duration; now += pause) {
        if (deadline.next() < now) {
            return deadline.next() - start;
        }
        deadline.add_progress(bytes, now);
    }
    return std::nullopt;
}

} // namespace

BOOST_AUTO_TEST_SUITE(core_transfer_deadline)

BOOST_AUTO_TEST_CASE(starts_with_a_stall_or_the_grace_whichever_is_shorter) {
    BOOST_CHECK(transfer_deadline(limits, start).next() == start + 60s);
    BOOST_CHECK(transfer_deadline({.stall = 10s, .grace = 30s}, start).next() == start + 10s);
    BOOST_CHECK(transfer_deadline({.stall = 90s, .grace = 30s}, start).next() == start + 30s);
}

BOOST_AUTO_TEST_CASE(progress_moves_the_stall) {
    transfer_deadline deadline(limits, start);
    deadline.add_progress(1 << 20, start + 5s);
    BOOST_CHECK(deadline.next() == start + 65s);
    deadline.add_progress(1, start + 20s);
    BOOST_CHECK(deadline.next() == start + 80s);
}

BOOST_AUTO_TEST_CASE(no_bytes_are_no_progress) {
    transfer_deadline deadline(limits, start);
    deadline.add_progress(1 << 20, start + 5s);
    deadline.add_progress(0, start + 50s);
    BOOST_CHECK(deadline.next() == start + 65s);
}

BOOST_AUTO_TEST_CASE(bytes_earn_time_at_the_minimum_rate) {
    transfer_deadline deadline(limits, start);
    deadline.add_progress(511, start + 50s);
    BOOST_CHECK(deadline.next() == start + 60s);
    deadline.add_progress(1, start + 50s);
    BOOST_CHECK(deadline.next() == start + 61s);
    deadline.add_progress(9 * 512, start + 50s);
    BOOST_CHECK(deadline.next() == start + 70s);
}

BOOST_AUTO_TEST_CASE(a_slow_client_that_keeps_the_rate_is_never_cut) {
    BOOST_CHECK(!cut_after(limits, 512, 1s, 24h));
    BOOST_CHECK(!cut_after(limits, 30 * 1024, 59s, 24h));
    BOOST_CHECK(!cut_after(limits, 30 * 1024, 60s, 24h));
}

BOOST_AUTO_TEST_CASE(a_trickle_is_cut_when_its_credit_is_spent) { // docs/security.md, threat 42
    BOOST_CHECK(cut_after(limits, 1, 1s, 24h) == 60s);
    BOOST_CHECK(cut_after(limits, 10, 1s, 24h) == 61s);
    // Half the rate: t seconds earn t / 2, so 60 + t / 2 = t after two minutes.
    BOOST_CHECK(cut_after(limits, 256, 1s, 24h) == 119s);
}

BOOST_AUTO_TEST_CASE(a_fast_start_pays_for_a_later_pause_but_not_for_a_stall) {
    transfer_deadline deadline(limits, start);
    deadline.add_progress(100'000'000, start + 1s);
    BOOST_CHECK(deadline.next() == start + 61s);
    deadline.add_progress(1, start + 61s);
    BOOST_CHECK(deadline.next() == start + 121s);
}

BOOST_AUTO_TEST_CASE(without_a_rate_only_the_stall_counts) {
    const transfer_limits rules{.stall = 60s, .min_bytes_per_second = 0, .grace = 0s};
    BOOST_CHECK(!cut_after(rules, 1, 60s, 240h));
    BOOST_CHECK(cut_after(rules, 1, 61s, 240h) == 60s);
}

BOOST_AUTO_TEST_CASE(credit_does_not_overflow) {
    transfer_deadline deadline({.stall = 60s, .min_bytes_per_second = 1, .grace = 60s}, start);
    deadline.add_progress(std::numeric_limits<std::uint64_t>::max(), start + 1s);
    BOOST_CHECK(deadline.next() == start + 61s);
}

BOOST_AUTO_TEST_CASE(time_in_which_we_did_not_send_is_not_held_against_the_peer) {
    transfer_deadline deadline(limits, start);
    deadline.add_pause(100s);
    BOOST_CHECK(deadline.next() == start + 160s);
    BOOST_TEST(!deadline.is_stalled(start + 159s));
}

BOOST_AUTO_TEST_CASE(the_cause_of_a_cut_can_be_told) {
    transfer_deadline deadline(limits, start);
    deadline.add_progress(1, start + 30s);
    BOOST_CHECK(deadline.next() == start + 60s);
    BOOST_TEST(
        !deadline.is_stalled(start + 60s)); // too slow, not stalled: its last progress was 30 s ago
    BOOST_TEST(deadline.is_stalled(start + 90s));
}

BOOST_AUTO_TEST_CASE(a_pause_is_not_held_against_the_average_rate) {
    transfer_deadline deadline(limits, start);
    deadline.add_progress(512, start + 10s); // too slow at 61 s
    BOOST_CHECK(deadline.end_of_pause() == start + 610s);
    deadline.end_pause(start + 310s);
    BOOST_CHECK(deadline.next() == start + 361s); // 61 s, and the pause of 300 s
    BOOST_CHECK(deadline.last_progress() == start + 310s);
}

BOOST_AUTO_TEST_CASE(all_pauses_together_have_one_allowance) { // docs/security.md, threat 42
    transfer_deadline deadline(limits, start);
    deadline.end_pause(start + 500s);
    BOOST_CHECK(deadline.end_of_pause() == start + 660s); // grace, and 600 s of pauses in all
    deadline.end_pause(start + 660s);
    BOOST_CHECK(deadline.next() == start + 660s);
    BOOST_CHECK(deadline.end_of_pause() == start + 660s);
    deadline.end_pause(start + 900s); // no allowance is left
    BOOST_CHECK(deadline.end_of_pause() == start + 660s);
}

BOOST_AUTO_TEST_CASE(a_pause_that_is_no_longer_than_a_stall_is_none) {
    BOOST_TEST(transfer_deadline(limits, start).allows_pause());
    BOOST_TEST(!transfer_deadline({.stall = 60s, .pause = 60s}, start).allows_pause());
    BOOST_TEST(!transfer_deadline({.stall = 60s, .pause = 0s}, start).allows_pause());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
