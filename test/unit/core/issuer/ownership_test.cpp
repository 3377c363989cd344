#include "core/issuer/ownership.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

namespace {

layout_template parsed(media_kind kind, std::string_view text) {
    std::string problem;
    return layout_template::parse(kind, text, problem).value();
}

const std::string lesson_default = "{trainer_id}/{course_id}/{module_id}/{lesson_id}/{filename}";

/// A media root with two trainers, and the ownership of its media.
struct site {
    explicit site(std::string_view lesson = lesson_default,
                  std::string_view course = "{trainer_id}/{course_id}/{filename}",
                  media_owners who = media_owners::trainers)
        : layout(media_layout::combine(
                     parsed(media_kind::lesson, lesson), parsed(media_kind::course, course),
                     parsed(media_kind::module, "{trainer_id}/{course_id}/{module_id}/{filename}"),
                     at, problem)
                     .value()),
          owners(courses_of_all, origins, who) {
        for (const auto* course_of : {"t1/c1", "t2/c2", "t1/both", "t2/both", "courses/c9"}) {
            dir.make_dir(course_of);
        }
        courses.refresh();
    }

    [[nodiscard]] bool owns(std::string_view user, const result<media_id>& media) const {
        return owners.judge(user, media.value()).has_value();
    }
    [[nodiscard]] std::string trainer_of(const result<media_id>& media) const {
        std::string room;
        return std::string(owners.trainer_of(media.value(), room));
    }

    test::temp_dir dir;
    media_kind at{};
    std::string problem;
    media_layout layout;
    media_store store{dir.path()};
    catalogue courses{store, layout.course_directory()};
    course_owners courses_of_all{{&courses}};
    std::vector<media_origin> origins{{.layout = layout, .store = &store, .courses = &courses}};
    ownership owners;
};

} // namespace

BOOST_AUTO_TEST_SUITE(ownerships)

BOOST_AUTO_TEST_CASE(the_trainer_of_the_directory_owns) {
    const site here;
    BOOST_TEST(here.owns("t1", media_id::lesson("t1/c/m/l", "f")));
    BOOST_TEST(!here.owns("t1", media_id::lesson("t11/c/m/l", "f")));
    BOOST_TEST(!here.owns("t1", media_id::lesson("t2/c/m/l", "f")));
    BOOST_TEST(here.owns("t1", media_id::course("c1", "f")));
    BOOST_TEST(here.owns("t2", media_id::module("c2", "m", "f")));
    BOOST_TEST(!here.owns("t2", media_id::course("c1", "f")));
    BOOST_TEST(!here.owns("t1", media_id::course("nowhere", "f")));
    BOOST_TEST(here.trainer_of(media_id::lesson("t1/c/m/l", "f")) == "t1");
    BOOST_TEST(here.trainer_of(media_id::module("c2", "m", "f")) == "t2");
    BOOST_TEST(here.trainer_of(media_id::course("nowhere", "f")).empty());
}

BOOST_AUTO_TEST_CASE(only_an_owner_hears_of_a_second_one) {
    const site here;
    const auto both = media_id::course("both", "f").value();
    BOOST_TEST((here.owners.judge("t1", both).error().code == errc::course_ambiguous));
    BOOST_TEST((here.owners.judge("t3", both).error().code == errc::not_entitled));
    BOOST_TEST(here.trainer_of(both).empty());
}

// docs/security.md, threat 50.
BOOST_AUTO_TEST_CASE(a_trainer_who_is_in_no_path_owns_no_lesson) {
    const site here("lessons/{course_id}/{module_id}/{lesson_id}/{filename}");
    BOOST_TEST(!here.owns("t1", media_id::lesson("t1/c/m/l", "f")));
    BOOST_TEST(here.trainer_of(media_id::lesson("t1/c/m/l", "f")).empty());
    BOOST_TEST(here.owns("t1", media_id::course("c1", "f")));
}

// docs/security.md, threat 51: the course lies in a folder whose name could be a trainer's.
BOOST_AUTO_TEST_CASE(a_folder_of_another_template_is_nobody) {
    const site here(lesson_default, "courses/{course_id}/{filename}");
    BOOST_TEST(!here.owns("courses", media_id::lesson("courses/c9/m/l", "f")));
    BOOST_TEST(!here.owns("courses", media_id::course("c9", "f")));
    BOOST_TEST(here.trainer_of(media_id::lesson("courses/c9/m/l", "f")).empty());
    BOOST_TEST(here.trainer_of(media_id::course("c9", "f")).empty());
    BOOST_TEST(here.owns("t1", media_id::course("c1", "f")));
    // When the folder has no owner, the name is valid like any other.
    BOOST_TEST(site().owns("courses", media_id::course("c9", "f")));
}

BOOST_AUTO_TEST_CASE(where_nobody_owns_trainers_are_still_known) {
    const site here(lesson_default, "{trainer_id}/{course_id}/{filename}", media_owners::nobody);
    BOOST_TEST(!here.owns("t1", media_id::lesson("t1/c/m/l", "f")));
    BOOST_TEST(!here.owns("t1", media_id::course("c1", "f")));
    BOOST_TEST(here.trainer_of(media_id::lesson("t1/c/m/l", "f")) == "t1");
    BOOST_TEST(here.trainer_of(media_id::course("c1", "f")) == "t1");
}

BOOST_AUTO_TEST_CASE(a_lesson_is_owned_by_path_in_every_origin_that_may_have_it) {
    const site with("lessons/" + lesson_default, "courses/{trainer_id}/{course_id}/{filename}");
    const site without("l/{course_id}/{module_id}/{lesson_id}/{filename}",
                       "courses/{course_id}/{filename}", media_owners::nobody);
    const auto lesson = media_id::lesson("t1/c/m/l", "f");
    const auto trainer_in = [&](std::vector<media_origin> origins) {
        const ownership owners(with.courses_of_all, origins, media_owners::nobody);
        std::string room;
        return std::string(owners.trainer_of(lesson.value(), room));
    };
    const media_origin named{.layout = with.layout};
    const media_origin flat{.layout = without.layout};
    BOOST_TEST(trainer_in({named, named}) == "t1");
    BOOST_TEST(trainer_in({named, flat}).empty());
    BOOST_TEST(trainer_in({flat, named}).empty());
    const media_origin of_others{.layout = without.layout, .trainers = trainer_filter({"t2"})};
    BOOST_TEST(trainer_in({of_others, named}) == "t1"); // it never has a file of t1
    BOOST_TEST(trainer_in({of_others}).empty());
}

// Threat 50, across origins: a directory in one origin must not open what lies in another.
BOOST_AUTO_TEST_CASE(a_course_in_one_origin_proves_nothing_about_a_file_in_another) {
    const site with;
    const site without(lesson_default, "courses/{course_id}/{filename}");
    const catalogue empty;
    const auto course = media_id::course("c1", "f").value();
    const auto is_owner_in = [&](std::vector<media_origin> origins) {
        const ownership owners(with.courses_of_all, origins, media_owners::trainers);
        std::string room;
        const bool is_owner = owners.judge("t1", course).has_value();
        BOOST_TEST((owners.trainer_of(course, room) == "t1") == is_owner);
        return is_owner;
    };
    const media_origin named{.layout = with.layout, .courses = &with.courses};
    const media_origin flat{.layout = without.layout, .courses = &empty};
    BOOST_TEST(is_owner_in({named}));
    BOOST_TEST(!is_owner_in({named, flat}));
    BOOST_TEST(!is_owner_in({flat, named}));
    const media_origin flat_with_the_course{.layout = without.layout, .courses = &without.courses};
    BOOST_TEST(is_owner_in({flat_with_the_course, named}));
    const media_origin of_others{.layout = without.layout, .trainers = trainer_filter({"t2"})};
    BOOST_TEST(is_owner_in({of_others, named})); // it never has a file of t1
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
