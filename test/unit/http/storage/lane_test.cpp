#include "http/storage/lane.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

using namespace sluice::http;

namespace {

class job final : public storage_job {
  public:
    explicit job(std::function<void()> work) : work_(std::move(work)) {}
    void run() override { work_(); }

  private:
    std::function<void()> work_;
};

std::unique_ptr<storage_job> to_do(std::function<void()> work) {
    return std::make_unique<job>(std::move(work));
}

} // namespace

BOOST_AUTO_TEST_SUITE(lane_suite)

BOOST_AUTO_TEST_CASE(keys_take_turns) {
    std::promise<void> go;
    std::promise<void> done;
    std::vector<char> order;
    lane one(1);
    one.submit({.key = 0}, to_do([gate = go.get_future().share()] { gate.wait(); }));
    for (int i = 0; i < 3; ++i) {
        one.submit({.key = 1}, to_do([&] { order.push_back('a'); }));
    }
    one.submit({.key = 2}, to_do([&] { order.push_back('b'); }));
    one.submit({.key = 1}, to_do([&] { done.set_value(); }));
    go.set_value();
    done.get_future().wait();
    BOOST_TEST((order == std::vector<char>{'a', 'b', 'a', 'a'}));
}

BOOST_AUTO_TEST_CASE(what_waits_is_dropped_and_a_thread_that_hangs_is_left) {
    auto go = std::make_shared<std::promise<void>>();
    auto dropped = std::make_shared<int>(0);
    const std::weak_ptr<int> witness = dropped;
    std::promise<void> begun;
    {
        lane one(1);
        one.submit({.key = 1}, to_do([&begun, gate = go->get_future().share()] {
                       begun.set_value();
                       gate.wait();
                   }));
        begun.get_future().wait();
        one.submit({.key = 1}, to_do([kept = std::move(dropped)] { ++*kept; }));
        BOOST_TEST(one.look().busy == 1U);
        BOOST_TEST(one.look().waiting == 1U);
    }
    BOOST_TEST(witness.expired());
    go->set_value();
}

BOOST_AUTO_TEST_CASE(threads_are_no_more_than_asked_for) {
    std::promise<void> go;
    const auto gate = go.get_future().share();
    std::promise<void> both;
    std::mutex mutex;
    int busy = 0;
    lane one(2);
    for (int i = 0; i < 8; ++i) {
        one.submit({.key = 1}, to_do([&, gate] {
                       {
                           const std::lock_guard guard(mutex);
                           if (++busy == 2) {
                               both.set_value();
                           }
                       }
                       gate.wait();
                   }));
    }
    both.get_future().wait();
    BOOST_TEST(one.look().busy == 2U);
    BOOST_TEST(one.look().waiting == 6U);
    go.set_value();
    one.stop();
}

BOOST_AUTO_TEST_CASE(a_file_that_hangs_leaves_threads_to_others) {
    std::promise<void> go;
    const auto gate = go.get_future().share();
    lane one(4);
    for (int i = 0; i < 8; ++i) {
        one.submit({.key = 1, .file = 7}, to_do([gate] { gate.wait(); }));
    }
    std::promise<void> other;
    one.submit({.key = 1, .file = 9}, to_do([&] { other.set_value(); }));
    other.get_future().wait();            // does not return when the file has all threads
    BOOST_TEST(one.look().waiting == 6U); // two of four threads hang
    go.set_value();
    std::promise<void> last;
    one.submit({.key = 1, .file = 7}, to_do([&] { last.set_value(); }));
    last.get_future().wait(); // the rest had its turn
}

BOOST_AUTO_TEST_SUITE_END()
