#include "core/media/course_owners.hpp"
#include "core/media/media_layout.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <filesystem>

namespace {

using namespace sluice::core;

/// The catalogues of three object stores.
struct origins {
    catalogue first;
    catalogue second;
    catalogue third{trainer_filter({"acme-*"})};
    course_owners owners{{&first, &second, &third}};

    void fill(catalogue& which, const std::vector<catalogue::ownership>& all = {}) {
        which.replace(all);
    }
};

errc why(const course_owners& owners, std::string_view course) {
    const auto owner = owners.owner_of(course);
    return owner ? errc{} : owner.error().code;
}

} // namespace

BOOST_AUTO_TEST_SUITE(course_owners_suite)

BOOST_AUTO_TEST_CASE(a_course_of_any_origin_is_found) {
    origins all;
    all.fill(all.first, {{"t1", "c1"}});
    all.fill(all.second, {{"t2", "c2"}});
    all.fill(all.third);
    BOOST_TEST(all.owners.owner_of("c1").value() == "t1");
    BOOST_TEST(all.owners.owner_of("c2").value() == "t2");
    BOOST_TEST((why(all.owners, "c3") == errc::media_not_found));
    BOOST_TEST(all.owners.owns("t2", "c2"));
    BOOST_TEST(!all.owners.owns("t1", "c2"));
}

BOOST_AUTO_TEST_CASE(the_same_course_of_one_trainer_is_one_course) {
    origins all;
    all.fill(all.first, {{"t1", "c1"}});
    all.fill(all.second, {{"t1", "c1"}, {"t1", "c2"}});
    all.fill(all.third);
    BOOST_TEST(all.owners.owner_of("c1").value() == "t1");
    const auto found = all.owners.count();
    BOOST_TEST(found.courses == 2U);
    BOOST_TEST(found.trainers == 1U);
    BOOST_TEST(found.ambiguous.empty());
}

BOOST_AUTO_TEST_CASE(two_trainers_are_ambiguous_wherever_they_are) {
    origins all;
    all.fill(all.first, {{"t1", "c1"}});
    all.fill(all.second, {{"t2", "c1"}, {"t3", "c2"}, {"t4", "c2"}});
    all.fill(all.third);
    BOOST_TEST((why(all.owners, "c1") == errc::course_ambiguous));
    BOOST_TEST((why(all.owners, "c2") == errc::course_ambiguous));
    BOOST_TEST(all.owners.owns("t1", "c1"));
    BOOST_TEST(all.owners.owns("t2", "c1"));
    const auto found = all.owners.count();
    BOOST_TEST(found.courses == 2U);
    BOOST_TEST(found.trainers == 4U);
    BOOST_TEST(found.ambiguous == (std::vector<std::string>{"c1", "c2"}));
    all.fill(all.second); // it has gone there
    BOOST_TEST(all.owners.owner_of("c1").value() == "t1");
}

BOOST_AUTO_TEST_CASE(an_origin_contributes_its_trainers_only) {
    origins all;
    all.fill(all.first, {{"t1", "c1"}});
    all.fill(all.second);
    all.fill(all.third, {{"other", "c1"}, {"acme-1", "c2"}});
    BOOST_TEST(all.owners.owner_of("c1").value() == "t1");
    BOOST_TEST(all.owners.owner_of("c2").value() == "acme-1");
    BOOST_TEST(all.owners.count().trainers == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_not_known_yet_is_not_missing) {
    origins all;
    all.fill(all.first, {{"t1", "c1"}});
    all.fill(all.third);
    BOOST_TEST(all.owners.owner_of("c1").value() == "t1"); // known, whatever the second has
    BOOST_TEST((why(all.owners, "c2") == errc::media_unavailable));
    all.fill(all.second);
    BOOST_TEST((why(all.owners, "c2") == errc::media_not_found));
}

BOOST_AUTO_TEST_CASE(a_twin_in_any_origin_explains) {
    origins all;
    all.fill(all.second, {{"t1", "e\xCC\x81t\xC3\xA9"}});
    BOOST_TEST(all.owners.twin_of("\xC3\xA9t\xC3\xA9") == "e\xCC\x81t\xC3\xA9");
    BOOST_TEST(all.owners.twin_of("c").empty());
}

BOOST_AUTO_TEST_CASE(a_directory_contributes_its_trainers_only) {
    const sluice::test::temp_dir dir;
    for (const auto* one : {"acme-1/c1", "other/c1", "other/c2"}) {
        std::filesystem::create_directories(dir.path(one));
    }
    std::string problem;
    const auto layout =
        layout_template::parse(media_kind::course, "{trainer_id}/{course_id}/{filename}", problem);
    media_store store(dir.path(""));
    catalogue courses(store, layout.value().course_directory(), trainer_filter({"acme-*"}));
    const auto report = courses.refresh();
    BOOST_TEST(report.courses == 1U);
    BOOST_TEST(report.trainers == 1U);
    BOOST_TEST(courses.owner_of("c1").value() == "acme-1");
    BOOST_TEST(!courses.owns("other", "c2"));
}

BOOST_AUTO_TEST_SUITE_END()
