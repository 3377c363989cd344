#include "http/loop/deadline_wheel.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <vector>

using namespace sluice::http;
using namespace std::chrono_literals;

namespace {

struct node final : deadline_node {
    int rung = 0;
    void on_deadline() override { ++rung; }
};

const deadline_wheel::time_point start{1000s};

} // namespace

BOOST_AUTO_TEST_SUITE(deadline_wheel_suite)

BOOST_AUTO_TEST_CASE(a_deadline_rings_once_and_not_early) {
    deadline_wheel wheel(start);
    node one;
    wheel.arm(one, start + 1s);
    wheel.advance(start + 999ms);
    BOOST_TEST(one.rung == 0);
    wheel.advance(start + 1s + 2 * deadline_wheel::tick);
    BOOST_TEST(one.rung == 1);
    wheel.advance(start + 500s);
    BOOST_TEST(one.rung == 1);
}

BOOST_AUTO_TEST_CASE(later_and_earlier_arming_both_hold) {
    deadline_wheel wheel(start);
    node later;
    node earlier;
    wheel.arm(later, start + 1s);
    wheel.arm(later, start + 5s);
    wheel.arm(earlier, start + 75s);
    wheel.arm(earlier, start + 2s);
    wheel.advance(start + 3s);
    BOOST_TEST(later.rung == 0);
    BOOST_TEST(earlier.rung == 1);
    wheel.advance(start + 6s);
    BOOST_TEST(later.rung == 1);
}

BOOST_AUTO_TEST_CASE(beyond_the_horizon) {
    deadline_wheel wheel(start);
    node far;
    wheel.arm(far, start + 1h);
    for (auto now = start; now < start + 1h; now += 10s) {
        wheel.advance(now);
    }
    BOOST_TEST(far.rung == 0);
    wheel.advance(start + 1h + 1s);
    BOOST_TEST(far.rung == 1);
}

BOOST_AUTO_TEST_CASE(a_destroyed_node_is_forgotten) {
    deadline_wheel wheel(start);
    std::vector<int> rung;
    struct noting final : deadline_node {
        noting(std::vector<int>& into, int number) : into_(into), number_(number) {}
        void on_deadline() override { into_.push_back(number_); }

      private:
        std::vector<int>& into_;
        int number_;
    };
    noting before(rung, 1);
    std::optional<noting> place(std::in_place, rung, 2);
    noting after(rung, 3);
    for (auto* one : {&before, &*place, &after}) {
        wheel.arm(*one, start + 1s);
    }
    place.emplace(rung, 4); // another one in the same memory, not armed
    wheel.advance(start + 2s);
    std::ranges::sort(rung);
    BOOST_TEST(rung == (std::vector<int>{1, 3}));
}

BOOST_AUTO_TEST_CASE(random_deadlines_ring_within_two_ticks) {
    std::mt19937 random(
        7); // NOLINT(cert-msc51-cpp): a fixed seed, so that a failure can be repeated
    deadline_wheel wheel(start);
    std::vector<std::unique_ptr<node>> nodes;
    std::vector<deadline_wheel::time_point> deadlines;
    for (int i = 0; i < 500; ++i) {
        nodes.push_back(std::make_unique<node>());
        deadlines.push_back(start + std::chrono::milliseconds(random() % 200'000));
        wheel.arm(*nodes.back(), start + std::chrono::milliseconds(random() % 200'000));
        wheel.arm(*nodes.back(), deadlines.back());
    }
    for (auto now = start; now < start + 201s; now += 70ms) {
        wheel.advance(now);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            BOOST_REQUIRE((nodes[i]->rung == 0 || deadlines[i] <= now));
            BOOST_REQUIRE((nodes[i]->rung == 1 || now < deadlines[i] + 2 * deadline_wheel::tick));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
