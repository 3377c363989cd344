#pragma once
// A handler that suspends requests until the test completes them, and a fixture that serves it.

#include "http/exchange/work_pool.hpp"
#include "test/support/session_fixture.hpp"

#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sluice::test {

inline void answer_with(reply& out, std::string_view text) {
    out.begin(200).finish_with("text/plain", text);
}

/// "/now" responds at once, "/pool" and "/fault" from a pool; any other path gives the test a
/// completion.
class later_handler final : public handler {
  public:
    void handle(request& in, reply& out) const override {
        if (in.path.view()[0] == "now") {
            answer_with(out, "now");
            return;
        }
        if (const bool is_fault = in.path.view()[0] == "fault";
            is_fault || in.path.view()[0] == "pool") {
            pool->answer(
                out,
                [is_fault, query = std::string(in.query)] {
                    return is_fault ? throw std::runtime_error("broken") : query + " worked";
                },
                [](request&, reply& later, const std::string& text) { answer_with(later, text); });
            return;
        }
        const std::lock_guard guard(mutex_);
        held_.push_back(out.suspend(problem_id::overloaded));
    }

    std::size_t held() const {
        const std::lock_guard guard(mutex_);
        return held_.size();
    }
    completion take() const {
        const std::lock_guard guard(mutex_);
        auto first = std::move(held_.front());
        held_.pop_front();
        return first;
    }

    work_pool* pool = nullptr;

  private:
    mutable std::mutex mutex_;
    mutable std::deque<completion> held_;
};

struct later_fixture : fixture {
    later_fixture() {
        limits.requests_per_connection = 1000;
        serve(later, route_label::token);
    }

    std::uint64_t active() { return server->count().requests_active.value(); }
    std::uint64_t suspended() {
        const auto state = static_cast<std::size_t>(connection_state::suspended);
        return server->count().connections[state].value();
    }

    later_handler later;
};

inline const std::string get_later = "GET /later HTTP/1.1\r\nHost: h\r\n\r\n";
inline const std::string get_now = "GET /now HTTP/1.1\r\nHost: h\r\n\r\n";

} // namespace sluice::test
