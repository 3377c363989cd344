#include "http/exchange/work_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>

using namespace sluice::http;

namespace {

struct faults {
    std::promise<std::string> first;
    std::function<void(const std::exception&)> handler() {
        return [this](const std::exception& fault) { first.set_value(fault.what()); };
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(work_pool_suite)

BOOST_AUTO_TEST_CASE(runs_work_that_can_only_be_moved) {
    work_pool pool({.threads = 2, .queue = 8}, {});
    std::promise<int> answer;
    auto future = answer.get_future();
    BOOST_TEST(pool.run([p = std::move(answer)]() mutable { p.set_value(7); }));
    BOOST_TEST(future.get() == 7);
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses_and_drops) {
    work_pool pool({.threads = 1, .queue = 1}, {});
    std::promise<void> begun;
    std::promise<void> go;
    BOOST_TEST(pool.run([&] {
        begun.set_value();
        go.get_future().wait();
    }));
    begun.get_future().wait(); // the thread is busy
    const auto held = std::make_shared<int>(0);
    std::promise<void> second;
    BOOST_TEST(pool.run([held, &second] { second.set_value(); }));
    BOOST_TEST(held.use_count() == 2);
    BOOST_TEST(!pool.run([held] {}));
    BOOST_TEST(held.use_count() == 2);
    go.set_value();
    second.get_future().wait();
}

BOOST_AUTO_TEST_CASE(a_job_that_throws_is_reported_and_the_thread_lives) {
    faults seen;
    work_pool pool({.threads = 1, .queue = 8}, seen.handler());
    pool.run([] { throw std::runtime_error("broken"); });
    BOOST_TEST(seen.first.get_future().get() == "broken");
    std::promise<void> after;
    pool.run([&] { after.set_value(); });
    after.get_future().wait();
}

BOOST_AUTO_TEST_CASE(the_end_drops_what_waits) {
    std::atomic<int> ran{0};
    std::promise<void> begun;
    const auto held = std::make_shared<int>(0);
    {
        work_pool pool({.threads = 1, .queue = 8}, {});
        std::promise<void> go;
        auto gone = go.get_future().share();
        pool.run([&, gone] {
            begun.set_value();
            gone.wait();
            ++ran;
        });
        begun.get_future().wait();
        pool.run([&, held] { ++ran; });
        std::thread([&] { go.set_value(); }).join();
    }
    BOOST_TEST(ran >= 1);
    BOOST_TEST(held.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
