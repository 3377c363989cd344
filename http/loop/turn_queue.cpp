#include "http/loop/turn_queue.hpp"

#include "http/loop/persist.hpp"

#include <boost/asio/post.hpp>

#include <cstddef>
#include <limits>
#include <utility>

namespace sluice::http {

namespace {

constexpr auto all = std::numeric_limits<std::size_t>::max();

} // namespace

void turn_queue::push(turn_taker& one) {
    waiting_.push_back(one);
    see_to_run();
}

void turn_queue::push_holder(turn_taker& one) {
    holders_.push_back(one);
    see_to_run();
}

void turn_queue::see_to_run() {
    if (!std::exchange(is_posted_, true)) {
        persist([this] { net::post(context_, [this] { run(); }); });
    }
}

std::size_t turn_queue::take_turns(list& of, std::size_t most) {
    list now; // entries queued during a turn wait for the next run
    now.swap(of);
    std::size_t turns = 0;
    for (; turns < most && !now.empty(); ++turns) {
        auto& one = now.front();
        now.pop_front();
        begin_round();
        one.take_turn();
    }
    end_round();
    of.splice(of.begin(), now);
    return turns;
}

std::size_t turn_queue::take_turns() {
    const auto holders = take_turns(holders_, all);
    return holders + take_turns(waiting_, turns_at_once);
}

void turn_queue::run() {
    take_turns();
    is_posted_ = false;
    if (has_any()) {
        see_to_run();
    }
}

} // namespace sluice::http
