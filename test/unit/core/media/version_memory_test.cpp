#include "core/media/version_memory.hpp"
#include "test/support/versions.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace sluice::core {

namespace {

using namespace std::chrono;

constexpr std::int64_t written = 1'700'000'000;
constexpr system_clock::time_point now{seconds{written + 3600}};

media_facts facts_of(std::int64_t ctime_ahead = 0, std::uint32_t mtime_fraction = 250'000'000,
                     std::uint64_t size = 5) {
    return {.size = size, .mtime = {written, mtime_fraction}, .ctime = {written + ctime_ahead, 7}};
}

bool has_none(const reused_validators& reused) {
    return !reused.tag && !reused.date;
}

} // namespace

BOOST_AUTO_TEST_SUITE(version_memories)

BOOST_AUTO_TEST_CASE(a_version_is_itself_however_often_it_is_opened) {
    version_memory memory;
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(has_none(memory.note("a/b.mp4", facts_of(), now)));
        BOOST_TEST(has_none(memory.note("a/c.mp4", facts_of(60), now))); // another file
    }
}

// docs/security.md, threat 61
BOOST_AUTO_TEST_CASE(the_same_size_and_mtime_with_another_ctime_is_another_version) {
    version_memory memory;
    BOOST_TEST(has_none(memory.note("a/b.mp4", facts_of(), now)));
    for (int i = 0; i < 3; ++i) { // and remains another version
        const auto reused = memory.note("a/b.mp4", facts_of(60), now);
        BOOST_TEST(reused.tag);
        BOOST_TEST(reused.date);
    }
}

BOOST_AUTO_TEST_CASE(another_size_or_fraction_has_another_tag_and_the_same_date) {
    for (const auto& other : {facts_of(60, 250'000'000, 6), facts_of(60, 250'000'001)}) {
        version_memory memory;
        BOOST_TEST(has_none(memory.note("a/b.mp4", facts_of(), now)));
        const auto reused = memory.note("a/b.mp4", other, now);
        BOOST_TEST(!reused.tag);
        BOOST_TEST(reused.date);
    }
}

BOOST_AUTO_TEST_CASE(another_second_is_nobody_elses) {
    version_memory memory;
    BOOST_TEST(has_none(memory.note("a/b.mp4", facts_of(), now)));
    auto later = facts_of(60);
    later.mtime.seconds += 1;
    BOOST_TEST(has_none(memory.note("a/b.mp4", later, now)));
}

BOOST_AUTO_TEST_CASE(doubt_ends_after_a_day) {
    version_memory memory;
    const auto changed = system_clock::time_point(seconds{written + 60});
    BOOST_TEST(has_none(memory.note("a/b.mp4", facts_of(), now)));
    BOOST_TEST(memory.note("a/b.mp4", facts_of(60), changed + version_memory::doubt - 1s).tag);
    BOOST_TEST(has_none(memory.note("a/b.mp4", facts_of(60), changed + version_memory::doubt)));
    BOOST_TEST(
        memory
            .note("a/b.mp4", facts_of(90'000), system_clock::time_point(seconds{written + 90'100}))
            .tag);
}

BOOST_AUTO_TEST_CASE(what_has_not_settled_is_judged_and_not_remembered) {
    version_memory memory;
    const auto at_once = system_clock::time_point(seconds{written + 60});
    BOOST_TEST(has_none(memory.note("new.mp4", facts_of(60), at_once)));
    BOOST_TEST(has_none(memory.note("new.mp4", facts_of(61), now))); // never given out
    BOOST_TEST(memory.note("new.mp4", facts_of(3600), now).tag);     // given out
}

BOOST_AUTO_TEST_CASE(forgets) {
    version_memory memory;
    BOOST_TEST(has_none(memory.note("a/b.mp4", facts_of(), now)));
    memory.forget();
    BOOST_TEST(has_none(memory.note("a/b.mp4", facts_of(60), now)));
}

BOOST_AUTO_TEST_CASE(many_files_suspect_nobody) {
    version_memory memory;
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 100'000; ++i) {
            BOOST_REQUIRE(has_none(memory.note("f" + std::to_string(i), facts_of(i % 50), now)));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
