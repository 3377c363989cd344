#include "http/loop/turn_queue.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace sluice::http; // NOLINT(google-build-using-namespace)

struct taker final : turn_taker {
    std::function<void()> on_turn;
    void take_turn() override { on_turn(); }
};

struct fixture {
    net::io_context context{1};
    turn_queue turns{context};
    std::string log;

    std::unique_ptr<taker> make(char name) {
        auto one = std::make_unique<taker>();
        one->on_turn = [this, name] { log += name; };
        return one;
    }
};

BOOST_FIXTURE_TEST_SUITE(turn_queue_, fixture)

BOOST_AUTO_TEST_CASE(first_come_first_served) {
    const auto a = make('a');
    const auto b = make('b');
    turns.push(*b);
    turns.push(*a);
    BOOST_TEST(log.empty()); // never from within push
    context.poll();
    BOOST_TEST(log == "ba");
}

BOOST_AUTO_TEST_CASE(who_queues_again_is_behind_what_is_ready) {
    const auto a = make('a');
    int left = 3;
    a->on_turn = [&] {
        log += 'a';
        if (--left > 0) {
            turns.push(*a);
            net::post(context, [this] { log += '.'; });
        }
    };
    const auto b = make('b');
    turns.push(*a);
    turns.push(*b);
    context.poll();
    BOOST_TEST(log == "ab.a.a");
}

BOOST_AUTO_TEST_CASE(the_kernel_is_asked_before_too_many_turns) {
    std::vector<std::unique_ptr<taker>> many;
    for (int i = 0; i < 300; ++i) {
        many.push_back(make('x'));
        turns.push(*many.back());
    }
    net::post(context, [this] { log += '|'; });
    context.poll();
    BOOST_TEST(log.find('|') < 150U);
    BOOST_TEST(log.size() == 301U);
}

BOOST_AUTO_TEST_CASE(who_holds_something_is_before_who_does_not) {
    std::vector<std::unique_ptr<taker>> many;
    for (int i = 0; i < 300; ++i) {
        many.push_back(make('x'));
        turns.push(*many.back());
    }
    for (int i = 0; i < 200; ++i) {
        many.push_back(make('H'));
        turns.push_holder(*many.back());
    }
    context.poll_one();
    BOOST_TEST(log == std::string(200, 'H') + std::string(128, 'x'));
    const auto again = make('h');
    many.front()->on_turn = [&] { turns.push_holder(*again); };
    turns.push(*many.front());
    context.poll();
    BOOST_TEST(log.substr(328) == std::string(172, 'x') + 'h');
}

BOOST_AUTO_TEST_CASE(turns_go_along_with_other_work_until_there_is_none_or_enough) {
    const auto a = make('a');
    int left = 3;
    turns.run_along([&]() -> std::size_t {
        if (left == 0) {
            return 0;
        }
        log += std::to_string(left--);
        turns.push(*a);
        return 1;
    });
    BOOST_TEST(log == "3a2a1a"); // Asio has not been asked

    log.clear();
    std::size_t rounds = 0;
    a->on_turn = [&] { turns.push(*a); }; // always has more work
    turns.run_along([&]() -> std::size_t {
        if (rounds++ == 0) {
            turns.push(*a);
        }
        return 1;
    });
    BOOST_TEST(rounds == 64U); // each of one turn and one piece of work
    a->on_turn = [&] { log += 'a'; };
    context.poll(); // the remaining ones run later
    BOOST_TEST(log == "a");
}

// A request that is read in a turn may have arrived after all turns before it.
BOOST_AUTO_TEST_CASE(each_batch_of_events_and_each_turn_is_a_round) {
    std::vector<std::uint64_t> seen{turns.round()};
    const auto note = [&] { seen.push_back(turns.round()); };
    const auto a = make('a');
    const auto b = make('b');
    a->on_turn = note;
    b->on_turn = note;
    bool is_first = true;
    turns.run_along([&]() -> std::size_t {
        note();
        if (!std::exchange(is_first, false)) {
            return 0;
        }
        turns.push_holder(*a);
        turns.push(*b);
        return 2;
    });
    turns.push(*a);
    context.poll();
    BOOST_TEST(seen.size() == 6U);
    BOOST_TEST((std::ranges::adjacent_find(seen, std::greater_equal<>()) == seen.end()));
    BOOST_TEST(seen.front() > 0U);
}

BOOST_AUTO_TEST_CASE(a_round_ends) {
    std::vector<bool> seen{turns.is_in_round()};
    const auto note = [&] { seen.push_back(turns.is_in_round()); };
    const auto a = make('a');
    a->on_turn = note;
    turns.run_along([&]() -> std::size_t {
        note();
        return 0;
    });
    note();
    turns.push(*a);
    context.poll();
    note();
    turns.begin_round();
    note();
    turns.end_round();
    note();
    const std::vector<bool> expected{false, true, false, true, false, true, false};
    BOOST_TEST(seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_goes_leaves_the_queue) {
    auto a = make('a');
    const auto b = make('b');
    turns.push(*a);
    turns.push(*b);
    a.reset();
    context.poll();
    BOOST_TEST(log == "b");

    auto c = make('c');
    turns.push(*c);
    c.reset();
    context.restart();
    context.poll(); // the queue is empty and not stuck
    const auto d = make('d');
    turns.push(*d);
    context.restart();
    context.poll();
    BOOST_TEST(log == "bd");
}

BOOST_AUTO_TEST_CASE(who_goes_in_another_ones_turn_leaves_the_queue) {
    const auto a = make('a');
    auto b = make('b');
    auto c = make('c');
    a->on_turn = [&] {
        log += 'a';
        b.reset();
        c.reset(); // the last that was to run
    };
    for (auto* const one : {a.get(), b.get(), c.get()}) {
        turns.push(*one);
    }
    context.poll();
    BOOST_TEST(log == "a");
}

BOOST_AUTO_TEST_CASE(may_destroy_itself_in_its_turn) {
    auto a = make('a');
    a->on_turn = [&] { a.reset(); };
    turns.push(*a);
    context.poll();
    BOOST_TEST(!a);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
