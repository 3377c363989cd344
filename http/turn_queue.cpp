#include "http/turn_queue.hpp"

#include "http/persist.hpp"

#include <boost/asio/post.hpp>

namespace sluice::http {

void turn_queue::push(turn_taker& one) {
    waiting_.push_back(one);
    if (!is_posted_) {
        is_posted_ = true;
        run_later();
    }
}

void turn_queue::run_later() {
    persist([this] { net::post(context_, [this] { run(); }); });
}

void turn_queue::run() {
    // Who queues again in its turn is behind `last`, and waits for the next run.
    const auto* const last = waiting_.empty() ? nullptr : &waiting_.back();
    for (std::size_t turns = 0; turns < turns_at_once && !waiting_.empty(); ++turns) {
        auto& one = waiting_.front();
        const bool is_last = &one == last;
        waiting_.pop_front();
        one.take_turn();
        if (is_last) {
            break;
        }
    }
    if (waiting_.empty()) {
        is_posted_ = false;
    } else {
        run_later();
    }
}

} // namespace sluice::http
