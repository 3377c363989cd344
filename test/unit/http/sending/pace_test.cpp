// Users, their places and their shares.
#include "http/sending/pace.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace sluice;
using namespace sluice::http;
using namespace std::chrono_literals;

namespace {

const core::rate_bucket::time_point start{1h};

void expire_all(user_transfers& users, core::rate_bucket::time_point now) {
    for (int i = 0; i < 16; ++i) {
        users.expire(now);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(paces)

BOOST_AUTO_TEST_CASE(places_of_a_user_are_limited_and_given_back) {
    user_transfers users;
    auto one = users.take("a", 2);
    {
        auto two = users.take("a", 2);
        BOOST_TEST(bool(two));
        BOOST_TEST(!users.take("a", 2));
        BOOST_TEST(bool(users.take("b", 2)));
    }
    BOOST_TEST(bool(users.take("a", 2)));
    auto moved = std::move(one);
    BOOST_TEST(moved.of().downloads.load() == 1U);
}

BOOST_AUTO_TEST_CASE(users_are_forgotten_once_nothing_is_under_way_or_owed) {
    user_transfers users;
    {
        const auto place = users.take("a", 0);
        pace speed({.user = 1000}, users.take("b", 0));
        core::rate_bucket connection;
        speed.charge(connection, 1000, start); // a second's worth
        expire_all(users, start);
        BOOST_TEST(users.size() == 2U);
    }
    expire_all(users, start);
    BOOST_TEST(users.size() == 1U); // b owes half a second yet
    expire_all(users, start + 1s);
    BOOST_TEST(users.size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_debt_outlives_the_transfer_that_made_it) {
    user_transfers users;
    core::rate_bucket connection;
    {
        pace speed({.user = 1000}, users.take("a", 0));
        speed.charge(connection, 1000, start);
    }
    const pace next({.user = 1000}, users.take("a", 0));
    BOOST_TEST(next.allowance(connection, 1 << 20, start) == 0U);
}

BOOST_AUTO_TEST_CASE(the_lower_of_the_two_rates_holds) {
    user_transfers users;
    const core::rate_bucket connection;
    const pace both({.connection = 1000, .user = 4000}, users.take("a", 0));
    BOOST_TEST(both.allowance(connection, 1 << 20, start) == 500U);
    const pace user({.connection = 9000, .user = 4000}, users.take("b", 0));
    BOOST_TEST(user.allowance(connection, 1 << 20, start) == 2000U);
    BOOST_TEST(user.allowance(connection, 7, start) == 7U);
    const pace connection_only({.connection = 1000}, {});
    BOOST_TEST(connection_only.allowance(connection, 1 << 20, start) == 500U);
}

BOOST_AUTO_TEST_CASE(transfers_of_a_user_share) {
    user_transfers users;
    const core::rate_bucket connection;
    pace one({.user = 4000}, users.take("a", 0));
    BOOST_TEST(one.allowance(connection, 1 << 20, start) == 2000U);
    {
        const pace two({.user = 4000}, users.take("a", 0));
        BOOST_TEST(one.allowance(connection, 1 << 20, start) == 1000U); // half of the bucket
        core::rate_bucket mine;
        one.charge(mine, 1000, start);
        BOOST_TEST(one.allowance(connection, 1 << 20, start) == 0U);
        BOOST_TEST(two.allowance(connection, 1 << 20, start) == 1000U); // the other half
    }
    BOOST_TEST(one.allowance(connection, 1 << 20, start + 250ms) == 1000U); // alone again
}

BOOST_AUTO_TEST_CASE(many_threads_never_exceed_the_limit) {
    user_transfers users;
    std::atomic<int> most{0};
    std::atomic<int> held{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 5000; ++round) {
                if (const auto place = users.take("a", 2)) {
                    const auto now = ++held;
                    for (auto seen = most.load();
                         now > seen && !most.compare_exchange_weak(seen, now);) {
                    }
                    --held;
                }
                users.expire(start);
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    BOOST_TEST(most <= 2);
    expire_all(users, start);
    BOOST_TEST(users.size() == 0U);
}

user_transfers::wish resume_of(std::uint64_t file, core::rate_bucket::time_point now) {
    return {.user_id = "a",
            .most = 2,
            .file = file,
            .is_resume = true,
            .takeover_after = 3s,
            .now = now};
}

BOOST_AUTO_TEST_CASE(a_resume_takes_the_place_of_a_lost_download_of_its_file) {
    user_transfers users;
    auto lost = users.take(resume_of(7, start));
    auto other = users.take(resume_of(8, start));
    BOOST_TEST(!users.take(resume_of(7, start + 2999ms)));
    BOOST_TEST(!users.take(resume_of(9, start + 1h)));
    auto whole = resume_of(7, start + 1h);
    whole.is_resume = false;
    BOOST_TEST(!users.take(whole));
    lost.move(start + 1s); // it has sent something: another three seconds
    BOOST_TEST(!users.take(resume_of(7, start + 3s)));
    BOOST_TEST(users.displacements() == 0U);

    auto heir = users.take(resume_of(7, start + 4s));
    BOOST_TEST(bool(heir));
    BOOST_TEST((lost.is_displaced() && !other.is_displaced() && !heir.is_displaced()));
    BOOST_TEST(users.displacements() == 1U);
    // The place changed hands once: the displaced one has none to give back.
    BOOST_TEST(!users.take(resume_of(7, start + 5s)));
    lost = {};
    BOOST_TEST(!users.take(resume_of(7, start + 5s)));
    BOOST_TEST(heir.of().downloads.load() == 2U);
    other = {};
    BOOST_TEST(bool(users.take(resume_of(9, start + 5s))));
}

BOOST_AUTO_TEST_CASE(a_resume_displaces_nobody_while_there_is_room) {
    user_transfers users;
    const auto first = users.take(resume_of(7, start));
    const auto second = users.take(resume_of(7, start + 1h));
    BOOST_TEST((bool(second) && !first.is_displaced()));
}

/// Writes its name when it is woken, in lower case when it is dropped.
class named_waiter final : public user_transfers::waiter {
  public:
    named_waiter(char name, std::string& log) noexcept : name_(name), log_(log) {}
    named_waiter(const named_waiter&) = delete;
    named_waiter& operator=(const named_waiter&) = delete;
    ~named_waiter() override {
        if (!is_woken_) {
            log_ += static_cast<char>(name_ - 'A' + 'a');
        }
    }
    void wake() override {
        is_woken_ = true;
        log_ += name_;
    }

  private:
    char name_;
    std::string& log_;
    bool is_woken_ = false;
};

BOOST_AUTO_TEST_CASE(waiters_are_woken_in_order_and_dropped_in_time) {
    user_transfers users;
    std::string log;
    const auto wait = [&](char name, user_transfers::wish wanted, std::chrono::seconds patience) {
        users.wait(wanted, wanted.now + patience, std::make_unique<named_waiter>(name, log));
    };
    auto one = users.take(resume_of(7, start));
    auto two = users.take(resume_of(8, start));
    auto of_other = resume_of(9, start);
    of_other.user_id = "b";
    wait('A', resume_of(9, start), 5s);
    wait('B', resume_of(10, start), 1s);
    wait('C', of_other, 5s);
    wait('D', resume_of(11, start), 5s);
    users.expire(start);
    BOOST_TEST(log == "C"); // its user has room
    users.expire(start + 1s);
    BOOST_TEST(log == "Cb");
    one = {};
    users.expire(start + 1s);
    BOOST_TEST(log == "CbA"); // one place, one waiter
    one = users.take(resume_of(9, start + 1s));
    users.expire(start + 2s);
    BOOST_TEST(log == "CbA");
    wait('E', resume_of(8, start + 2s), 5s);
    users.expire(start + 3s); // two has been silent since the start
    BOOST_TEST(log == "CbAE");
    two = {};
    users.expire(start + 3s);
    BOOST_TEST(log == "CbAED");
    users.expire(start + 1h);
    BOOST_TEST(log == "CbAED");
}

BOOST_AUTO_TEST_CASE(a_crowd_of_waiters_is_bounded) {
    user_transfers users;
    std::string log;
    const auto place = users.take({.user_id = "a", .most = 1});
    for (std::size_t i = 0; i < user_transfers::most_waiting_of_user + 2; ++i) {
        users.wait({.user_id = "a", .most = 1, .now = start}, start + 5s,
                   std::make_unique<named_waiter>('A', log));
    }
    BOOST_TEST(log == "aa");
    users.expire(start + 5s);
    BOOST_TEST(log.size() == user_transfers::most_waiting_of_user + 2);
}

BOOST_AUTO_TEST_SUITE_END()
