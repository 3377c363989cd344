#include "core/download/representation.hpp"
#include "test/support/versions.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <limits>

namespace sluice::core {

using test::much_later;
using test::settled;
using test::written_at;

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(core_representation)

BOOST_AUTO_TEST_CASE(describes_a_version_from_its_facts) {
    const auto version = settled(42, 784'111'777'999'999'999);
    BOOST_TEST(version.size == 42U);
    BOOST_TEST(version.last_modified == 784'111'777);
    BOOST_TEST(version.etag == "\"ae1b981f7e3d3ff-2a\"");
    BOOST_TEST(version.last_modified_text == "Sun, 06 Nov 1994 08:49:37 GMT");
    BOOST_TEST(version.is_dated());
}

BOOST_AUTO_TEST_CASE(says_the_same_on_every_replica) {
    auto there = written_at(7, 1'700'000'000'000'000'001);
    const auto here = describe(there, much_later);
    there.ctime = {1'800'000'000, 5}; // copied later
    BOOST_TEST(here.etag == describe(there, much_later).etag);
    BOOST_TEST(here.last_modified_text == describe(there, much_later).last_modified_text);
}

BOOST_AUTO_TEST_CASE(tells_versions_of_one_second_apart_by_tag_alone) {
    const auto before = settled(7, 1'700'000'000'000'000'001);
    const auto after = settled(7, 1'700'000'000'000'000'002);
    BOOST_TEST(before.last_modified == after.last_modified);
    BOOST_TEST(before.etag != after.etag);
}

BOOST_AUTO_TEST_CASE(rounds_down_before_the_epoch_too) {
    BOOST_TEST(settled(0, -1).last_modified == -1);
    BOOST_TEST(settled(0, -1'000'000'000).last_modified == -1);
    BOOST_TEST(settled(0, -1'000'000'001).last_modified == -2);
}

BOOST_AUTO_TEST_CASE(has_no_date_where_the_mtime_is_a_placeholder) {
    for (const std::int64_t mtime :
         {std::int64_t{-9'000'000'000'000'000'000}, std::int64_t{-1}, std::int64_t{0},
          std::int64_t{1'000'000'000}, std::int64_t{1'999'999'999}}) {
        BOOST_TEST_CONTEXT(mtime) {
            const auto version = settled(1, mtime);
            BOOST_TEST(!version.is_dated());
            BOOST_TEST(version.last_modified_text.empty());
            BOOST_TEST(version.etag.empty()); // docs/security.md, threat 61
        }
    }
    const auto dated = settled(1, 2'000'000'000);
    BOOST_TEST(dated.last_modified_text == "Thu, 01 Jan 1970 00:00:02 GMT");
}

BOOST_AUTO_TEST_CASE(describes_the_largest_facts) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const file_time copied{1'700'000'000, 5};
    const media_facts facts{std::numeric_limits<std::uint64_t>::max(), {most, 999'999'999}, copied};
    const auto version = describe(facts, much_later);
    BOOST_TEST(version.last_modified_text == "Fri, 31 Dec 9999 23:59:59 GMT");
    BOOST_TEST(version.unmodified_since == copied.seconds);
    BOOST_TEST(version.etag == "\"7fffffffffffffff.3b9ac9ff-ffffffffffffffff\"");
    const auto times = {std::numeric_limits<std::int64_t>::min(), most};
    for (const auto time : times) { // nothing overflows on the way
        BOOST_TEST(is_settled({.size = 1, .mtime = {time, 0}, .ctime = {time, 0}}, much_later) ==
                   (time < 0));
    }
}

// Threats 61: two writes in one tick have one mtime.
BOOST_AUTO_TEST_CASE(a_young_file_has_no_validators) {
    using namespace std::chrono;
    const auto facts = written_at(5, 1'700'000'000'250'000'000);
    const system_clock::time_point written{milliseconds{1'700'000'000'250}};
    for (const auto age : {-3600'000ms, -1ms, 0ms, 1ms, 1000ms, 1999ms}) {
        BOOST_TEST_CONTEXT(age.count()) {
            const auto version = describe(facts, written + age);
            BOOST_TEST(version.etag.empty());
            BOOST_TEST(!version.gives_date());
            BOOST_TEST(version.is_dated());
        }
    }
    const auto version = describe(facts, written + settling_time);
    BOOST_TEST(!version.etag.empty());
    BOOST_TEST(version.gives_date());
}

BOOST_AUTO_TEST_CASE(an_old_mtime_settles_with_the_tick_of_the_ctime) {
    using namespace std::chrono;
    auto facts = written_at(5, 1'700'000'000'250'000'000);
    facts.ctime = {1'800'000'000, 500'000'000}; // cp -p, touch -r, rsync
    const system_clock::time_point copied{milliseconds{1'800'000'000'500}};
    BOOST_TEST(!is_settled(facts, copied));
    BOOST_TEST(!is_settled(facts, copied + ctime_tick - 1ns));
    BOOST_TEST(is_settled(facts, copied + ctime_tick));
    facts.ctime = {1'800'000'000, 0}; // a file system of whole seconds
    const system_clock::time_point second{seconds{1'800'000'000}};
    BOOST_TEST(!is_settled(facts, second + 1999ms));
    BOOST_TEST(is_settled(facts, second + settling_time));
}

BOOST_AUTO_TEST_CASE(a_future_mtime_is_as_old_as_its_ctime) {
    using namespace std::chrono;
    auto facts = written_at(5, 1'700'000'000'250'000'000);
    facts.mtime.seconds += 1'000'000;
    const system_clock::time_point set{milliseconds{1'700'000'000'250}};
    BOOST_TEST(!is_settled(facts, set + 1999ms));
    BOOST_TEST(is_settled(facts, set + settling_time));
    BOOST_TEST(describe(facts, set + settling_time).unmodified_since == facts.ctime.seconds);
}

BOOST_AUTO_TEST_CASE(a_reused_validator_is_not_given) {
    auto facts = written_at(5, 1'700'000'000'250'000'000);
    facts.ctime.seconds += 50;
    const auto no_tag = describe(facts, much_later, {.tag = true, .date = false});
    BOOST_TEST(no_tag.etag.empty());
    BOOST_TEST(no_tag.gives_date());
    BOOST_TEST(no_tag.unmodified_since == facts.mtime.seconds);
    const auto no_date = describe(facts, much_later, {.tag = false, .date = true});
    BOOST_TEST(!no_date.etag.empty());
    BOOST_TEST(!no_date.gives_date());
    BOOST_TEST(no_date.unmodified_since == facts.ctime.seconds);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
