#include "core/media/media_library.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

namespace {

using namespace sluice::core;

layout_template parsed(media_kind kind, std::string_view text) {
    std::string problem;
    return layout_template::parse(kind, text, problem).value();
}

media_layout layout_below(const std::string& folder, bool names_trainer = true) {
    const std::string front = folder + (names_trainer ? "{trainer_id}/" : "");
    media_kind at{};
    std::string problem;
    return media_layout::combine(
               parsed(media_kind::lesson,
                      folder + "{trainer_id}/{course_id}/{module_id}/{lesson_id}/{filename}"),
               parsed(media_kind::course, front + "{course_id}/{filename}"),
               parsed(media_kind::module, front + "{course_id}/{module_id}/{filename}"), at,
               problem)
        .value();
}

media_layout flat_layout() {
    media_kind at{};
    std::string problem;
    return media_layout::combine(
               parsed(media_kind::lesson,
                      "lessons/{trainer_id}/{course_id}/{module_id}/{lesson_id}/{filename}"),
               parsed(media_kind::course, "courses/{course_id}/{filename}"),
               parsed(media_kind::module, "modules/{course_id}/{module_id}/{filename}"), at,
               problem)
        .value();
}

/// A library of these origins, with one catalogue for all.
struct site {
    explicit site(std::vector<media_origin> all) : library(std::move(all), owners) {}

    catalogue courses;
    course_owners owners{{&courses}};
    media_library library;

    /// The candidates as "0:a/b 1:c"; or the name of the failure.
    [[nodiscard]] std::string of(const result<media_id>& media, std::string_view owner = {}) {
        const auto found = library.locate(media.value(), owner);
        if (!found) {
            return std::string(name_of(found.error().code));
        }
        std::string text;
        for (const auto& one : found->at) {
            text += (text.empty() ? "" : " ") + std::to_string(one.origin) + ":" + one.path;
        }
        const failure missing{errc::media_not_found, {}};
        return text + (found->if_missing == missing
                           ? std::string()
                           : " then " + std::string(name_of(found->if_missing.code)));
    }
};

const auto lesson = media_id::lesson("t1/c/m/l", "f");
const auto course = media_id::course("c", "f");

} // namespace

BOOST_AUTO_TEST_SUITE(media_libraries)

BOOST_AUTO_TEST_CASE(candidates_are_in_the_order_of_the_origins_with_their_layouts) {
    site here({{.layout = layout_below("")}, {.layout = layout_below("old/")}});
    here.courses.replace({{"t1", "c"}});
    BOOST_TEST(here.of(lesson) == "0:t1/c/m/l/f 1:old/t1/c/m/l/f");
    BOOST_TEST(here.of(course) == "0:t1/c/f 1:old/t1/c/f");
    BOOST_TEST(here.library.locate(course.value(), {})->trainer_id == "t1");
    BOOST_TEST(here.library.locate(lesson.value(), {})->trainer_id.empty());
}

BOOST_AUTO_TEST_CASE(an_origin_for_other_trainers_is_left_out) {
    site here({{.layout = layout_below(""), .trainers = trainer_filter({"acme-*"})},
               {.layout = layout_below("old/"), .trainers = trainer_filter({"t*"})}});
    here.courses.replace({{"t1", "c"}, {"acme-1", "a"}, {"zed", "z"}});
    BOOST_TEST(here.of(lesson) == "1:old/t1/c/m/l/f");
    BOOST_TEST(here.of(course) == "1:old/t1/c/f");
    BOOST_TEST(here.of(media_id::course("a", "f")) == "0:acme-1/a/f");
    BOOST_TEST(here.of(media_id::lesson("zed/c/m/l", "f")) == "media_not_found");
    BOOST_TEST(here.of(media_id::course("z", "f")) == "media_not_found");
}

BOOST_AUTO_TEST_CASE(a_path_that_is_reserved_in_one_layout_may_be_free_in_another) {
    site here({{.layout = flat_layout()}, {.layout = layout_below("")}});
    BOOST_TEST(here.of(media_id::lesson("courses/c/m/l", "f")) ==
               "0:lessons/courses/c/m/l/f 1:courses/c/m/l/f");
}

BOOST_AUTO_TEST_CASE(a_course_without_an_owner_is_where_no_path_needs_one) {
    site here({{.layout = layout_below("")},
               {.layout = flat_layout()},
               {.layout = flat_layout(), .trainers = trainer_filter({"t1"})}});
    here.courses.replace({});
    BOOST_TEST(here.of(course) == "1:courses/c/f");
    here.courses.replace({{"t1", "c"}});
    BOOST_TEST(here.of(course) == "0:t1/c/f 1:courses/c/f 2:courses/c/f");
    site nowhere({{.layout = layout_below("")}});
    nowhere.courses.replace({});
    BOOST_TEST(nowhere.of(course) == "media_not_found");
}

BOOST_AUTO_TEST_CASE(an_owner_who_is_not_known_ends_the_search_where_the_path_needs_one) {
    site here({{.layout = flat_layout()}, {.layout = layout_below("")}, {.layout = flat_layout()}});
    BOOST_TEST(here.of(course) == "0:courses/c/f then media_unavailable"); // no list yet
    here.courses.replace({{"t1", "c"}, {"t2", "c"}});
    BOOST_TEST(here.of(course) == "0:courses/c/f then course_ambiguous");
    site other({{.layout = layout_below("")}, {.layout = flat_layout()}});
    BOOST_TEST(other.of(course) == "media_unavailable");
    other.courses.replace({{"t1", "c"}, {"t2", "c"}});
    BOOST_TEST(other.of(course) == "course_ambiguous");
}

BOOST_AUTO_TEST_CASE(a_token_for_another_owner_finds_nothing) {
    site here({{.layout = flat_layout()}, {.layout = layout_below("")}});
    here.courses.replace({{"t1", "c"}});
    BOOST_TEST(here.of(course, "t1") == "0:courses/c/f 1:t1/c/f");
    BOOST_TEST(here.of(course, "t2") == "token_mismatch");
    here.courses.replace({{"t1", "c"}, {"t2", "c"}});
    BOOST_TEST(here.of(course, "t2") == "0:courses/c/f then course_ambiguous");
    BOOST_TEST(here.of(course, "t3") == "token_mismatch");
    here.courses.replace({});
    BOOST_TEST(here.of(course, "t3") == "0:courses/c/f");
}

BOOST_AUTO_TEST_SUITE_END()
