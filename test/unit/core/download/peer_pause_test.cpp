#include "core/download/peer_pause.hpp"

#include <boost/test/unit_test.hpp>

namespace sluice::core {

namespace {

using namespace std::chrono_literals;
using time_point = peer_pause::time_point;
using verdict = peer_pause::verdict;

constexpr time_point start{100h};
constexpr transfer_limits limits{
    .stall = 60s, .min_bytes_per_second = 512, .grace = 60s, .pause = 600s};
constexpr std::uint64_t queue = 1 << 20;

constexpr peer_pulse alive(std::uint64_t queued = queue) {
    return {.owes_response = false, .since_response = 90s, .queued = queued};
}
constexpr peer_pulse owes(std::chrono::milliseconds since) {
    return {.owes_response = true, .since_response = since, .queued = queue};
}

/// A transfer that sent 100 MB in its first second, and nothing since.
transfer_deadline stalled() {
    transfer_deadline deadline(limits, start);
    deadline.add_progress(100'000'000, start);
    return deadline;
}

constexpr auto stall = start + 60s;

} // namespace

BOOST_AUTO_TEST_SUITE(core_peer_pause)

BOOST_AUTO_TEST_CASE(a_peer_that_owes_nothing_may_pause_for_as_long_as_the_limit_says) {
    peer_pause pause(stalled(), alive(), stall);
    BOOST_TEST((pause.judge(alive(), stall) == verdict::goes_on));
    BOOST_TEST((pause.judge(alive(), start + 599s) == verdict::goes_on));
    BOOST_TEST((pause.judge(alive(), start + 600s) == verdict::too_long));
}

BOOST_AUTO_TEST_CASE(a_peer_that_has_not_responded_since_the_last_progress_is_gone) {
    peer_pause pause(stalled(), owes(60s), stall);
    BOOST_TEST((pause.judge(owes(60s), stall) == verdict::gone));
}

BOOST_AUTO_TEST_CASE(a_peer_that_dies_in_its_pause_has_a_stall_from_then_on) {
    peer_pause pause(stalled(), alive(), stall);
    BOOST_TEST((pause.judge(alive(), stall + 40s) == verdict::goes_on));
    BOOST_TEST((pause.judge(owes(130s), stall + 42s) == verdict::goes_on)); // asked a moment ago
    BOOST_TEST((pause.judge(owes(187s), stall + 99s) == verdict::goes_on));
    BOOST_TEST((pause.judge(owes(188s), stall + 100s) == verdict::gone));
}

BOOST_AUTO_TEST_CASE(one_response_is_enough) {
    peer_pause pause(stalled(), alive(), stall);
    BOOST_TEST((pause.judge(owes(50s), stall + 50s) == verdict::goes_on));
    BOOST_TEST((pause.judge(alive(), stall + 55s) == verdict::goes_on));
    BOOST_TEST((pause.judge(owes(59s), stall + 114s) == verdict::goes_on));
    BOOST_TEST((pause.judge(owes(60s), stall + 115s) == verdict::gone));
}

BOOST_AUTO_TEST_CASE(a_peer_that_takes_bytes_at_the_least_rate_moves) {
    peer_pause pause(stalled(), alive(), stall);
    constexpr auto now = start + 100s; // 100 s after the last progress, at 512 B/s
    BOOST_TEST((pause.judge(alive(queue - 100 * 512 + 1), now) == verdict::goes_on));
    BOOST_TEST((pause.judge(alive(queue - 100 * 512), now) == verdict::moves));
}

BOOST_AUTO_TEST_CASE(checks_are_two_seconds_apart_and_none_is_after_the_end) {
    const peer_pause pause(stalled(), alive(), stall);
    BOOST_TEST((pause.next_check(stall) == stall + 2s));
    BOOST_TEST((pause.next_check(start + 599s) == start + 600s));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
