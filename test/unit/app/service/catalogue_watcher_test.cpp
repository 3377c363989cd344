#include "app/service/catalogue_watcher.hpp"
#include "test/support/layout_segments.hpp"
#include "test/support/process_limits.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice::app {

namespace {

using namespace std::chrono_literals;

constexpr auto never = 3600s;  // longer than any test
constexpr auto patience = 10s; // far more than a loaded machine needs

/// A media root, its catalogue and the watcher's reports so far.
struct watched_site {
    explicit watched_site(const std::vector<std::string>& course_directory = {"{trainer_id}",
                                                                              "{course_id}"})
        : store(dir.path()), courses(store, test::segments_of(course_directory)) {}

    void watch(std::chrono::seconds interval) {
        watcher = std::make_unique<catalogue_watcher>(
            courses, interval,
            [this](const core::catalogue::report& report) {
                known_courses = report.courses;
                root_readable = report.root_readable;
                ++refreshes;
            },
            [this](int error) {
                degraded_by = error;
                ++degradations;
            });
    }

    [[nodiscard]] std::string owner_of(std::string_view course_id) const {
        const auto owner = courses.owner_of(course_id);
        return owner ? *owner : "nobody";
    }

    /// Waits until the course has that owner.
    [[nodiscard]] bool comes_to_be(std::string_view course_id, std::string_view owner) const {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (owner_of(course_id) != owner) {
            if (std::chrono::steady_clock::now() > deadline) {
                return false;
            }
            std::this_thread::sleep_for(2ms);
        }
        return true;
    }

    /// The number of refreshes after the last one.
    [[nodiscard]] int settled_refreshes() const {
        int seen = 0;
        do {
            seen = refreshes;
            std::this_thread::sleep_for(200ms);
        } while (seen != refreshes);
        return seen;
    }

    test::temp_dir dir;
    core::media_store store;
    core::catalogue courses;
    std::atomic<std::size_t> known_courses{0};
    std::atomic<bool> root_readable{true};
    std::atomic<int> refreshes{0};
    std::atomic<int> degraded_by{0};
    std::atomic<int> degradations{0};
    std::unique_ptr<catalogue_watcher> watcher; // last: it calls back into the others
};

} // namespace

BOOST_AUTO_TEST_SUITE(catalogue_watchers)

BOOST_AUTO_TEST_CASE(the_index_is_there_when_the_constructor_returns) {
    watched_site site;
    site.dir.make_dir("t1/c1");
    site.watch(never);
    BOOST_TEST(site.owner_of("c1") == "t1");
    BOOST_TEST(site.refreshes == 1);
    BOOST_TEST(site.known_courses == 1U);
    BOOST_TEST(site.degradations == 0);
}

BOOST_AUTO_TEST_CASE(changes_are_seen_without_the_interval) {
    watched_site site;
    site.dir.make_dir("t1/c1");
    site.watch(never);

    site.dir.make_dir("t1/c2");
    BOOST_TEST(site.comes_to_be("c2", "t1"));
    site.dir.make_dir("t2");
    site.dir.make_dir("t2/c3");
    BOOST_TEST(site.comes_to_be("c3", "t2"));
    site.dir.make_dir("t2/c4"); // t2 has a watch of its own by now
    BOOST_TEST(site.comes_to_be("c4", "t2"));
    site.dir.remove("t1/c1");
    BOOST_TEST(site.comes_to_be("c1", "nobody"));
    site.dir.rename("t2", "t9");
    BOOST_TEST(site.comes_to_be("c3", "t9"));
    site.dir.make_dir("t9/c5"); // watched under its new name
    BOOST_TEST(site.comes_to_be("c5", "t9"));
    site.dir.rename("t9", "t1/inside");
    BOOST_TEST(site.comes_to_be("c5", "nobody"));
    BOOST_TEST(site.comes_to_be("inside", "t1"));
}

BOOST_AUTO_TEST_CASE(trees_made_in_one_go_are_seen_whole) {
    watched_site site({"data", "t-{trainer_id}", "courses", "{course_id}"});
    site.watch(never);
    for (int i = 0; i < 20; ++i) {
        const std::string n = std::to_string(i);
        site.dir.make_dir("data/t-" + n + "/courses/c" + n);
        BOOST_TEST(site.comes_to_be("c" + n, n));
    }
}

BOOST_AUTO_TEST_CASE(a_replaced_directory_is_watched_in_its_place) {
    watched_site site({"data", "{trainer_id}", "courses", "{course_id}"});
    site.dir.make_dir("data/t/courses/old");
    site.dir.make_dir("next/courses/new");
    site.watch(never);
    site.dir.rename("data/t", "away");
    site.dir.rename("next", "data/t");
    BOOST_TEST(site.comes_to_be("new", "t"));
    BOOST_TEST(site.comes_to_be("old", "nobody"));
    site.dir.make_dir("data/t/courses/newer");
    BOOST_TEST(site.comes_to_be("newer", "t"));
}

BOOST_AUTO_TEST_CASE(a_directory_that_has_left_is_no_longer_watched) {
    watched_site site;
    site.dir.make_dir("t1/c1");
    site.dir.make_dir("t2/c2");
    site.watch(never);
    site.dir.rename("t2", "t1/c3");
    BOOST_TEST(site.comes_to_be("c3", "t1"));
    const int before = site.settled_refreshes();
    site.dir.make_dir("t1/c3/module");
    BOOST_TEST(site.settled_refreshes() == before);
}

BOOST_AUTO_TEST_CASE(many_changes_make_few_refreshes) {
    watched_site site;
    site.dir.make_dir("t");
    site.watch(never);
    constexpr int changes = 400;
    for (int i = 0; i < changes; ++i) {
        site.dir.make_dir("t/c" + std::to_string(i));
    }
    BOOST_TEST(site.comes_to_be("c399", "t"));
    BOOST_TEST(site.refreshes < changes / 4);
}

BOOST_AUTO_TEST_CASE(without_inotify_the_interval_finds_changes) {
    watched_site site;
    site.dir.make_dir("t1/c1");
    {
        const test::few_descriptors one(1); // for the stop event: none is left for inotify
        site.watch(1s);
        BOOST_TEST(!site.root_readable);
        BOOST_TEST(site.owner_of("c1") == "nobody");
    }
    BOOST_TEST(site.degraded_by == EMFILE);
    BOOST_TEST(site.comes_to_be("c1", "t1"));
    site.dir.make_dir("t1/c2");
    BOOST_TEST(site.comes_to_be("c2", "t1"));
    BOOST_TEST(site.degradations == 1);
}

BOOST_AUTO_TEST_CASE(the_destructor_does_not_wait_for_the_interval) {
    watched_site site;
    site.watch(never);
    const auto before = std::chrono::steady_clock::now();
    site.watcher.reset();
    BOOST_TEST((std::chrono::steady_clock::now() - before < patience));
    site.dir.make_dir("t1/c1");
    std::this_thread::sleep_for(50ms);
    BOOST_TEST(site.owner_of("c1") == "nobody");
}

BOOST_AUTO_TEST_CASE(the_degraded_handler_may_be_left_out) {
    watched_site site;
    int refreshes = 0;
    {
        const test::few_descriptors one(1);
        const catalogue_watcher watcher(site.courses, never,
                                        [&](const core::catalogue::report&) { ++refreshes; });
    }
    BOOST_TEST(refreshes == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::app
