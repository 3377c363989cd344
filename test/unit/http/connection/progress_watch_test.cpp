#include "http/connection/progress_watch.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>

using namespace sluice;
using namespace sluice::http;
using namespace std::chrono_literals;

namespace {

using time_point = progress_watch::time_point;

constexpr time_point begin{100h};
constexpr core::peer_pulse responds{
    .owes_response = false, .since_response = 10ms, .queued = 50'000};

core::peer_pulse silent_for(std::chrono::milliseconds time) {
    return {.owes_response = true, .since_response = time, .queued = 50'000};
}

/// A gate with places for `paused` pauses, and a connection in it.
struct entrance {
    explicit entrance(unsigned paused)
        : gate({.connections = 10,
                .per_peer = 10,
                .paused = paused,
                .paused_per_peer = paused,
                .uncounted = {}}),
          admitted(gate.admit(core::parse_ip_address("192.0.2.1").value())) {}

    connection_gate gate;
    connection_gate::verdict admitted;
};

progress_watch started(const core::transfer_limits& with = {}) {
    progress_watch one;
    one.start(with, begin);
    return one;
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress_watch_suite)

BOOST_AUTO_TEST_CASE(before_the_stall_nothing_is_judged) {
    entrance at(1);
    auto one = started();
    BOOST_TEST((one.next() == begin + 60s));
    BOOST_TEST(!one.judge(silent_for(59s), begin + 59s, at.admitted.place).has_value());
    BOOST_TEST(!one.is_paused());
}

BOOST_AUTO_TEST_CASE(a_peer_that_responds_pauses_and_goes_on) {
    entrance at(1);
    auto one = started();
    BOOST_TEST(!one.judge(responds, begin + 60s, at.admitted.place).has_value());
    BOOST_TEST(one.is_paused());
    BOOST_TEST((one.next() == begin + 62s));
    BOOST_TEST(!at.admitted.place.pause()); // this pause has the only place
    BOOST_TEST(!one.judge(responds, begin + 62s, at.admitted.place).has_value());
    BOOST_TEST((one.next() == begin + 64s));

    one.resume(begin + 63s);
    BOOST_TEST(!one.is_paused());
    BOOST_TEST(static_cast<bool>(at.admitted.place.pause())); // it was given back
    one.add_progress(1'000'000, begin + 63s);
    BOOST_TEST((one.next() == begin + 123s));
}

BOOST_AUTO_TEST_CASE(bytes_that_the_peer_acknowledges_end_a_pause) {
    entrance at(1);
    auto one = started();
    BOOST_TEST(!one.judge(responds, begin + 60s, at.admitted.place).has_value());
    auto moving = responds;
    moving.queued = 0;
    BOOST_TEST(!one.judge(moving, begin + 62s, at.admitted.place).has_value());
    BOOST_TEST(!one.is_paused());
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_gone_is_cut_at_the_stall) {
    entrance at(1);
    auto one = started();
    BOOST_TEST(
        (one.judge(silent_for(60s), begin + 60s, at.admitted.place) == limit_label::stall_timeout));
    BOOST_TEST(!one.is_paused());
}

BOOST_AUTO_TEST_CASE(a_peer_that_goes_during_a_pause_is_cut_a_stall_later) {
    entrance at(1);
    auto one = started();
    BOOST_TEST(!one.judge(responds, begin + 60s, at.admitted.place).has_value());
    BOOST_TEST(!one.judge(silent_for(2s), begin + 62s, at.admitted.place).has_value());
    BOOST_TEST(!one.judge(silent_for(59s), begin + 119s, at.admitted.place).has_value());
    BOOST_TEST((one.judge(silent_for(60s), begin + 120s, at.admitted.place) ==
                limit_label::stall_timeout));
}

BOOST_AUTO_TEST_CASE(a_pause_ends_in_any_case) {
    entrance at(1);
    auto one = started();
    auto now = begin + 60s;
    std::optional<limit_label> cut;
    while (!(cut = one.judge(responds, now, at.admitted.place))) {
        BOOST_REQUIRE((now <= begin + 600s));
        now = one.next();
    }
    BOOST_TEST((cut == limit_label::pause_timeout));
    BOOST_TEST((now == begin + 600s));
}

BOOST_AUTO_TEST_CASE(without_a_place_or_with_pauses_off_a_stall_cuts) {
    entrance none(0);
    auto one = started();
    BOOST_TEST(
        (one.judge(responds, begin + 60s, none.admitted.place) == limit_label::paused_connections));

    entrance some(1);
    auto off = started({.pause = 0s});
    BOOST_TEST(
        (off.judge(responds, begin + 60s, some.admitted.place) == limit_label::stall_timeout));
}

BOOST_AUTO_TEST_CASE(a_peer_below_the_average_rate_is_cut_and_does_not_pause) {
    entrance at(1);
    auto one = started({.grace = 10s});
    one.add_progress(512, begin + 5s);
    BOOST_TEST((one.next() == begin + 11s));
    BOOST_TEST((one.judge(responds, begin + 11s, at.admitted.place) == limit_label::min_rate));
}

BOOST_AUTO_TEST_CASE(a_time_in_which_this_side_did_not_send_is_excused) {
    auto one = started();
    one.excuse(30s);
    BOOST_TEST((one.next() == begin + 90s));
}

BOOST_AUTO_TEST_CASE(another_start_ends_a_pause) {
    entrance at(1);
    auto one = started();
    BOOST_TEST(!one.judge(responds, begin + 60s, at.admitted.place).has_value());
    one.start({}, begin + 61s);
    BOOST_TEST(!one.is_paused());
    BOOST_TEST((one.next() == begin + 121s));
    BOOST_TEST(static_cast<bool>(at.admitted.place.pause()));
}

BOOST_AUTO_TEST_SUITE_END()
