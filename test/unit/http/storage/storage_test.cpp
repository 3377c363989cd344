#include "core/base/unique_fd.hpp"
#include "http/storage/storage.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <atomic>
#include <future>
#include <memory>
#include <utility>

using namespace sluice;
using namespace sluice::http;
using namespace std::chrono_literals;

namespace {

class blocked_job final : public storage_job {
  public:
    explicit blocked_job(std::shared_future<void> gate) : gate_(std::move(gate)) {}
    void run() override { gate_.wait(); }

  private:
    std::shared_future<void> gate_;
};

struct waiter final : away_waiter {
    void on_away() override {
        if (calls++ == 0) {
            first.set_value();
        }
    }
    std::promise<void> first;
    std::atomic<int> calls = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(storage_suite)

BOOST_AUTO_TEST_CASE(requests_that_wait_are_told_when_their_device_is_away) {
    std::promise<void> go;
    storage all({.threads = 2, .open_timeout = 200ms}, [](const storage_device&) {});
    const core::unique_fd proc(::open("/proc", O_PATH | O_CLOEXEC));
    const core::unique_fd system(::open("/sys", O_PATH | O_CLOEXEC));
    const auto stuck = all.device_of(proc.get(), "stat");
    const auto fine = all.device_of(system.get(), "kernel");
    BOOST_REQUIRE(stuck != fine);
    const auto one = std::make_shared<waiter>();
    const auto other = std::make_shared<waiter>();
    all.tell_when_away(stuck, one);
    all.tell_when_away(fine, other);
    all.tell_when_away(stuck, std::make_shared<waiter>()); // its request has ended
    BOOST_TEST(one->calls == 0);
    stuck->reads().submit({}, std::make_unique<blocked_job>(go.get_future().share()));
    one->first.get_future().wait();
    BOOST_TEST(other->calls == 0);
    go.set_value();
}

BOOST_AUTO_TEST_SUITE_END()
