#include "core/media/catalogue.hpp"
#include "test/support/layout_segments.hpp"
#include "test/support/process_limits.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice::core {

namespace {

using strings = std::vector<std::string>;

const strings plain{"{trainer_id}", "{course_id}"};

/// A media root with its catalogue, before the first refresh.
struct site {
    explicit site(const strings& course_directory = plain)
        : store(dir.path()), courses(store, test::segments_of(course_directory)) {}

    test::temp_dir dir;
    media_store store;
    catalogue courses;

    /// The owner, or the name of the failure in brackets.
    [[nodiscard]] std::string owner_of(std::string_view course_id) const {
        const auto owner = courses.owner_of(course_id);
        return owner ? *owner : '[' + std::string(name_of(owner.error().code)) + ']';
    }
};

constexpr std::string_view nobody = "[media_not_found]";
constexpr std::string_view ambiguous = "[course_ambiguous]";

} // namespace

BOOST_AUTO_TEST_SUITE(catalogues)

BOOST_AUTO_TEST_CASE(knows_nothing_before_the_first_refresh) {
    site here;
    here.dir.make_dir("t1/c1");
    BOOST_TEST(here.owner_of("c1") == nobody);
    here.courses.refresh();
    BOOST_TEST(here.owner_of("c1") == "t1");
    BOOST_TEST(here.courses.root() == here.dir.path());
}

BOOST_AUTO_TEST_CASE(reports_what_it_found) {
    site here;
    for (const auto* path : {"t1/c1", "t1/c2", "t2/c3", "t3"}) {
        here.dir.make_dir(path);
    }
    const auto report = here.courses.refresh();
    BOOST_TEST(report.trainers == 2U);
    BOOST_TEST(report.courses == 3U);
    BOOST_TEST(report.directories_read == 4U);
    BOOST_TEST(report.directories_unreadable == 0U);
    BOOST_TEST(report.ambiguous.empty());
    BOOST_TEST(report.root_readable);
    BOOST_TEST(!report.truncated);
}

BOOST_AUTO_TEST_CASE(compares_ids_byte_by_byte) {
    site here;
    here.dir.make_dir("t1/Caf\xC3\xA9");
    here.courses.refresh();
    BOOST_TEST(here.owner_of("Caf\xC3\xA9") == "t1");
    for (const std::string_view other :
         {"caf\xC3\xA9", "Cafe\xCC\x81", "Caf", "", ".", "..", "t1", "t1/Caf\xC3\xA9"}) {
        BOOST_TEST_CONTEXT(other) {
            BOOST_TEST(here.owner_of(other) == nobody);
        }
    }
}

BOOST_AUTO_TEST_CASE(courses_come_and_go) {
    site here;
    here.dir.make_dir("t1/c1");
    here.courses.refresh();
    BOOST_TEST(here.owner_of("c2") == nobody);

    here.dir.make_dir("t1/c2");
    here.dir.make_dir("t2/c3");
    here.courses.refresh();
    BOOST_TEST(here.owner_of("c2") == "t1");
    BOOST_TEST(here.owner_of("c3") == "t2");

    here.dir.remove("t1/c1");
    here.dir.remove("t2");
    here.courses.refresh();
    BOOST_TEST(here.owner_of("c1") == nobody);
    BOOST_TEST(here.owner_of("c2") == "t1");
    BOOST_TEST(here.owner_of("c3") == nobody);
}

BOOST_AUTO_TEST_CASE(two_owners_are_an_error_never_a_guess) {
    site here;
    for (const auto* path : {"t1/z", "t2/z", "t3/z", "t1/a", "t2/a", "t1/sole"}) {
        here.dir.make_dir(path);
    }
    auto report = here.courses.refresh();
    BOOST_TEST(report.ambiguous == (strings{"a", "z"}), boost::test_tools::per_element());
    BOOST_TEST(report.courses == 3U);
    BOOST_TEST(here.owner_of("z") == ambiguous);
    BOOST_TEST(here.owner_of("a") == ambiguous);
    BOOST_TEST(here.owner_of("sole") == "t1");

    here.dir.remove("t1/a");
    here.dir.remove("t1/z");
    report = here.courses.refresh();
    BOOST_TEST(report.ambiguous == (strings{"z"}), boost::test_tools::per_element());
    BOOST_TEST(here.owner_of("a") == "t2");
    BOOST_TEST(here.owner_of("z") == ambiguous);
}

BOOST_AUTO_TEST_CASE(trainers_are_renamed_and_exchanged) {
    site here;
    here.dir.make_dir("t1/c1");
    here.dir.make_dir("t2/c2");
    here.courses.refresh();

    here.dir.rename("t1", "t3");
    here.courses.refresh();
    BOOST_TEST(here.owner_of("c1") == "t3");

    here.dir.rename("t2", "tmp");
    here.dir.rename("t3", "t2");
    here.dir.rename("tmp", "t3");
    here.courses.refresh();
    BOOST_TEST(here.owner_of("c1") == "t2");
    BOOST_TEST(here.owner_of("c2") == "t3");
}

BOOST_AUTO_TEST_CASE(an_unreadable_root_keeps_the_old_index) {
    site here;
    here.dir.make_dir("t1/c1");
    here.dir.make_dir("t2/c1");
    here.dir.make_dir("t2/c2");
    here.courses.refresh();
    {
        const test::few_descriptors none;
        const auto report = here.courses.refresh();
        BOOST_TEST(!report.root_readable);
        BOOST_TEST(report.trainers == 2U);
        BOOST_TEST(report.courses == 2U);
        BOOST_TEST(report.ambiguous == (strings{"c1"}), boost::test_tools::per_element());
    }
    BOOST_TEST(here.owner_of("c2") == "t2");
    here.dir.remove("t1");
    BOOST_TEST(here.courses.refresh().root_readable);
    BOOST_TEST(here.owner_of("c1") == "t2");
}

BOOST_AUTO_TEST_CASE(a_removed_root_keeps_the_old_index) {
    site here;
    here.dir.make_dir("t1/c1");
    here.courses.refresh();
    here.dir.remove("");
    BOOST_TEST(!here.courses.refresh().root_readable);
    BOOST_TEST(here.owner_of("c1") == "t1");
}

BOOST_AUTO_TEST_CASE(tells_what_to_watch) {
    site here({"data", "t-{trainer_id}", "{course_id}"});
    here.dir.make_dir("data/t-1/c1/m1");
    here.courses.refresh();
    BOOST_TEST(here.courses.watched_directories() == (strings{"", "data", "data/t-1"}),
               boost::test_tools::per_element());
    BOOST_TEST(here.owner_of("c1") == "1");
}

BOOST_AUTO_TEST_CASE(a_layout_without_trainers_has_no_owners) {
    site here(strings{});
    here.dir.make_dir("t1/c1");
    const auto report = here.courses.refresh();
    BOOST_TEST(report.root_readable);
    BOOST_TEST(report.courses == 0U);
    BOOST_TEST(here.owner_of("c1") == nobody);
    BOOST_TEST(here.courses.watched_directories().empty());
}

// Also run under TSan: a reader never sees a partial index.
BOOST_AUTO_TEST_CASE(lookups_and_refreshes_run_side_by_side) {
    site here;
    here.dir.make_dir("t1/steady");
    here.dir.make_dir("t1/moving");
    here.dir.make_dir("t2");
    here.courses.refresh();
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> threads;
        for (int reader = 0; reader < 3; ++reader) {
            threads.emplace_back([&] {
                while (!stop) {
                    const auto moving = here.courses.owner_of("moving");
                    wrong += here.owner_of("steady") == "t1" ? 0 : 1;
                    wrong += moving.has_error() && moving.error().code != errc::media_not_found &&
                                     moving.error().code != errc::course_ambiguous
                                 ? 1
                                 : 0;
                }
            });
        }
        threads.emplace_back([&] {
            while (!stop) {
                here.courses.refresh();
                wrong += here.courses.watched_directories().empty() ? 1 : 0;
            }
        });
        for (int i = 0; i < 200; ++i) {
            here.dir.rename(i % 2 == 0 ? "t1/moving" : "t2/moving",
                            i % 2 == 0 ? "t2/moving" : "t1/moving");
            here.courses.refresh();
        }
        stop = true;
    }
    BOOST_TEST(wrong == 0);
    here.courses.refresh();
    BOOST_TEST(here.owner_of("moving") == "t1");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
