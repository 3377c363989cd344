#include "core/media/catalogue_scan.hpp"
#include "test/support/file_clock.hpp"
#include "test/support/layout_segments.hpp"
#include "test/support/process_limits.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::core {

namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

constexpr catalogue_scan::time_point start{1000h};
constexpr std::size_t plenty = 1000;

/// A scan of a temporary directory, and the result of its last update.
struct scanned {
    scanned(const test::temp_dir& dir, const strings& course_directory,
            std::size_t max_names = plenty)
        : root(::open(dir.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
          scan(test::segments_of(course_directory), max_names) {}

    scanned(std::vector<layout_segment> segments, const test::temp_dir& dir)
        : root(::open(dir.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
          scan(std::move(segments), plenty) {}

    std::set<std::string> update(std::chrono::seconds at = 0s) {
        std::set<std::string> found;
        totals = scan.update(root.get(), start + at,
                             [&found](std::string_view trainer_id, std::string_view course_id) {
                                 found.insert(std::string(trainer_id) + " has " +
                                              std::string(course_id));
                             });
        return found;
    }

    unique_fd root;
    catalogue_scan scan;
    catalogue_scan::totals totals;
};

using findings = std::set<std::string>;

const strings plain{"{trainer_id}", "{course_id}"};
const strings deep{"data", "t-{trainer_id}", "courses", "{course_id}.d"};

} // namespace

BOOST_AUTO_TEST_SUITE(catalogue_scans)

BOOST_AUTO_TEST_CASE(finds_the_courses_of_each_trainer) {
    const test::temp_dir dir;
    for (const auto* path : {"t1/c1/m1/l1", "t1/c2", "t2/c3", "t3"}) {
        dir.make_dir(path);
    }
    scanned site(dir, plain);
    BOOST_TEST((site.update() == findings{"t1 has c1", "t1 has c2", "t2 has c3"}));
    BOOST_TEST(site.totals.directories_read == 4U);
    BOOST_TEST(site.scan.directories() == (strings{"", "t1", "t2", "t3"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(follows_literals_and_takes_them_off) {
    const test::temp_dir dir;
    for (const auto* path : {"data/t-1/courses/a.d", "data/t-2/courses/b.d", "data/t-2/courses/c",
                             "data/t-2/other/d.d", "data/x-3/courses/e.d", "data/t-/courses/f.d",
                             "data/t-4", "else/t-5/courses/g.d"}) {
        dir.make_dir(path);
    }
    scanned site(dir, deep);
    BOOST_TEST((site.update() == findings{"1 has a", "2 has b"}));
    BOOST_TEST(site.scan.directories() == (strings{"", "data", "data/t-1", "data/t-1/courses",
                                                   "data/t-2", "data/t-2/courses", "data/t-4"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_trainer_may_come_after_the_course) {
    const test::temp_dir dir;
    dir.make_dir("c1/t1");
    dir.make_dir("c2/t1");
    scanned site(dir, {"{course_id}", "{trainer_id}"});
    BOOST_TEST((site.update() == findings{"t1 has c1", "t1 has c2"}));
}

// docs/security.md, threats 16, 17 and 19: names that no request can contain, and names that the
// store would reject, are not in the index.
BOOST_AUTO_TEST_CASE(passes_over_links_files_and_bad_names) {
    const test::temp_dir dir;
    dir.make_dir("t1/c1");
    dir.make_dir("t1/bad\x01name");
    dir.make_dir("t1/\xFF");
    dir.make_dir("t1/\xE2\x80\xAE"
                 "drow");
    dir.make_dir("t1/" + std::string(129, 'a'));
    dir.make_dir("elsewhere/c9");
    dir.write_file("t1/file", "x");
    dir.write_file("file", "x");
    dir.make_symlink("c1", "t1/c-link");
    dir.make_symlink("elsewhere", "t-link");
    scanned site(dir, plain);
    BOOST_TEST((site.update() == findings{"t1 has c1", "elsewhere has c9"}));

    test::temp_dir linked;
    linked.make_dir("real/t-1/courses/a.d");
    linked.make_symlink("real", "data");
    scanned other(linked, deep);
    BOOST_TEST(other.update().empty());
}

BOOST_AUTO_TEST_CASE(reads_again_until_the_stamps_have_stood_still) {
    const test::temp_dir dir;
    dir.make_dir("t1/c1");
    scanned site(dir, plain);
    struct row {
        std::chrono::seconds at;
        std::size_t read;
    };
    // The second reading starts the period, and the first one after two seconds ends it.
    for (const auto& [at, read] :
         {row{0s, 2}, row{0s, 2}, row{1s, 2}, row{2s, 2}, row{2s, 0}, row{100s, 0}}) {
        BOOST_TEST_CONTEXT(at.count() << " s") {
            BOOST_TEST((site.update(at) == findings{"t1 has c1"}));
            BOOST_TEST(site.totals.directories_read == read);
        }
    }
    test::wait_for_file_clock(); // the hundred seconds were simulated
    dir.make_dir("t1/c2");
    BOOST_TEST((site.update(101s) == findings{"t1 has c1", "t1 has c2"}));
    BOOST_TEST(site.totals.directories_read == 1U);
    dir.make_dir("t2/c3");
    site.update(102s);
    BOOST_TEST(site.totals.directories_read == 3U); // the root, t2, and t1 for the second time
}

BOOST_AUTO_TEST_CASE(changes_in_quick_succession_are_all_seen) {
    const test::temp_dir dir;
    dir.make_dir("t");
    scanned site(dir, plain);
    for (std::size_t i = 0; i < 200; ++i) {
        dir.make_dir("t/c" + std::to_string(i));
        BOOST_REQUIRE(site.update().size() == i + 1);
    }
}

BOOST_AUTO_TEST_CASE(a_settled_directory_that_is_replaced_is_read_again) {
    const test::temp_dir dir;
    dir.make_dir("data/t-1/courses/a.d");
    dir.make_dir("new/courses/b.d");
    scanned site(dir, deep);
    for (const auto at : {0s, 10s, 20s, 30s}) {
        site.update(at);
    }
    BOOST_REQUIRE(site.totals.directories_read == 0U);
    dir.rename("data/t-1/courses", "old");
    dir.rename("new/courses", "data/t-1/courses");
    BOOST_TEST((site.update(40s) == findings{"1 has b"}));
    dir.remove("data");
    BOOST_TEST(site.update(50s).empty());
    BOOST_TEST(site.scan.directories() == (strings{""}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_unreadable_directory_keeps_what_was_known_of_it) {
    const test::temp_dir dir;
    dir.make_dir("data/t-1/courses/a.d");
    dir.make_dir("data/t-2/courses/b.d");
    scanned site(dir, deep);
    site.update();
    BOOST_REQUIRE(::chmod(dir.path("data").c_str(), 0) == 0);
    {
        const test::ordinary_user user;
        BOOST_TEST((site.update(10s) == findings{"1 has a", "2 has b"}));
        BOOST_TEST(site.totals.directories_unreadable == 3U); // data, and the courses of both
    }
    BOOST_REQUIRE(::chmod(dir.path("data").c_str(), 0755) == 0);
    dir.remove("data/t-2");
    BOOST_TEST((site.update(20s) == findings{"1 has a"}));
    BOOST_TEST(site.totals.directories_unreadable == 0U);
}

BOOST_AUTO_TEST_CASE(names_beyond_the_limit_are_left_out_and_reported) {
    const test::temp_dir dir;
    for (const auto* course : {"t/c1", "t/c2", "t/c3", "t/c4"}) {
        dir.make_dir(course);
    }
    scanned site(dir, plain, 4); // the trainer's name counts too
    for (const auto at : {0s, 10s, 20s}) {
        BOOST_TEST(site.update(at).size() == 3U);
        BOOST_TEST(site.totals.truncated);
    }
    dir.remove("t/c1");
    BOOST_TEST((site.update(30s) == findings{"t has c2", "t has c3", "t has c4"}));
    BOOST_TEST(!site.totals.truncated);
}

BOOST_AUTO_TEST_CASE(what_was_left_out_is_found_once_there_is_room) {
    const test::temp_dir dir;
    for (const auto* course : {"t1/c1", "t1/c2", "t2/c3", "t2/c4"}) {
        dir.make_dir(course);
    }
    scanned site(dir, plain, 5); // two trainers and three of the four courses
    for (const auto at : {0s, 10s, 20s, 30s}) {
        BOOST_TEST(site.update(at).size() == 3U);
    }
    // It is unspecified which trainer's courses were left out, and only one of them changes.
    const bool second_was_cut =
        !site.update(40s).contains("t2 has c4") || !site.update(40s).contains("t2 has c3");
    test::wait_for_file_clock(); // the forty seconds were simulated
    dir.remove(second_was_cut ? "t1/c1" : "t2/c3");
    BOOST_TEST(site.update(50s).size() == 3U);
    BOOST_TEST(!site.totals.truncated);
}

BOOST_AUTO_TEST_CASE(without_a_course_directory_nothing_is_walked) {
    const test::temp_dir dir;
    dir.make_dir("t/c");
    scanned site(dir, {});
    BOOST_TEST(site.update().empty());
    BOOST_TEST(site.scan.directories().empty());
}

BOOST_AUTO_TEST_CASE(a_name_of_another_template_is_passed_over) {
    const test::temp_dir dir;
    for (const auto* course : {"t/c1", "courses/c2", "x-t/c3", "t/x-c4", "t/courses"}) {
        dir.make_dir(course);
    }
    auto segments = test::segments_of(plain);
    segments[0].reserved = test::segments_of({"courses", "x-{course_id}"});
    scanned site(std::move(segments), dir);
    BOOST_TEST(site.update() == (findings{"t has c1", "t has courses", "t has x-c4"}),
               boost::test_tools::per_element());
    BOOST_TEST(site.scan.directories() == (strings{"", "t"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
