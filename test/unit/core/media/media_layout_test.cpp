#include "core/media/media_layout.hpp"
#include "test/support/layout_segments.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::core {

namespace {

constexpr std::string_view lesson_default =
    "{trainer_id}/{course_id}/{module_id}/{lesson_id}/{filename}";
constexpr std::string_view course_default = "{trainer_id}/{course_id}/{filename}";
constexpr std::string_view module_default = "{trainer_id}/{course_id}/{module_id}/{filename}";

layout_template parsed(media_kind kind, std::string_view text) {
    std::string problem;
    const auto layout = layout_template::parse(kind, text, problem);
    BOOST_REQUIRE_MESSAGE(layout, problem);
    return *layout;
}

std::string expanded(media_kind kind, std::string_view text, const media_id& id,
                     std::string_view trainer_id = {}) {
    std::string path;
    BOOST_TEST(parsed(kind, text).expand(id, trainer_id, path));
    BOOST_TEST(parsed(kind, text).admits(id, trainer_id));
    return path;
}

} // namespace

BOOST_AUTO_TEST_SUITE(media_layouts)

BOOST_AUTO_TEST_CASE(the_defaults_give_the_paths_of_the_contract) {
    const auto lesson = media_id::lesson("t", "c", "m", "l", "f.mp4").value();
    const auto course = media_id::course("c", "f.mp4").value();
    const auto module = media_id::module("c", "m", "f.mp4").value();
    BOOST_TEST(expanded(media_kind::lesson, lesson_default, lesson) == "t/c/m/l/f.mp4");
    BOOST_TEST(expanded(media_kind::course, course_default, course, "t9") == "t9/c/f.mp4");
    BOOST_TEST(expanded(media_kind::module, module_default, module, "t9") == "t9/c/m/f.mp4");
}

BOOST_AUTO_TEST_CASE(expand_mixes_literals_and_appends) {
    const auto course = media_id::course("c", "f.mp4").value();
    BOOST_TEST(expanded(media_kind::course, "courses/{course_id}/{filename}", course, "t") ==
               "courses/c/f.mp4");
    BOOST_TEST(expanded(media_kind::course, "data/t-{trainer_id}/c-{course_id}.d/{filename}",
                        course, "7") == "data/t-7/c-c.d/f.mp4");
    std::string path = "prefix:";
    BOOST_TEST(parsed(media_kind::course, course_default).expand(course, "t", path));
    BOOST_TEST(path == "prefix:t/c/f.mp4");
}

BOOST_AUTO_TEST_CASE(a_lessons_own_trainer_wins) {
    const auto lesson = media_id::lesson("t", "c", "m", "l", "f").value();
    BOOST_TEST(expanded(media_kind::lesson, lesson_default, lesson, "other") == "t/c/m/l/f");
}

BOOST_AUTO_TEST_CASE(values_are_not_read_as_templates) {
    const auto course = media_id::course("{trainer_id}", "{filename}").value();
    BOOST_TEST(expanded(media_kind::course, course_default, course, "{course_id}") ==
               "{course_id}/{trainer_id}/{filename}");
}

BOOST_AUTO_TEST_CASE(refuses_with_a_reason) {
    struct row {
        media_kind kind;
        std::string_view text;
    };
    constexpr auto lesson = media_kind::lesson;
    constexpr auto course = media_kind::course;
    constexpr auto module = media_kind::module;
    constexpr std::array rows{
        row{course, ""},
        row{course, "/{trainer_id}/{course_id}/{filename}"},
        row{course, "{trainer_id}/{course_id}/{filename}/"},
        row{course, "{trainer_id}//{course_id}/{filename}"},
        row{course, "../{course_id}/{filename}"},
        row{course, "./{course_id}/{filename}"},
        row{course, "a\\b/{course_id}/{filename}"},
        row{course, "{trainer_id}/{filename}"},
        row{course, "{course_id}"},
        row{course, "{filename}/{course_id}"},
        row{course, "{course_id}/{filename}.mp4"},
        row{course, "{course_id}/v-{filename}"},
        row{course, "{course_id}/{filename}/{filename}"},
        row{course, "{course_id}/{course_id}/{filename}"},
        row{course, "{course_id}-{trainer_id}/{filename}"},
        row{course, "{course_id}/{module_id}/{filename}"},
        row{course, "{course_id}/{lesson_id}/{filename}"},
        row{course, "{course}/{filename}"},
        row{module, "{trainer_id}/{course_id}/{filename}"},
        row{module, "{trainer_id}/{module_id}/{filename}"},
        row{module, "{course_id}/{module_id}/{lesson_id}/{filename}"},
        row{lesson, "{trainer_id}/{course_id}/{module_id}/{filename}"},
        row{lesson, "{trainer_id}/{course_id}/{lesson_id}/{filename}"},
    };
    for (const auto& [kind, text] : rows) {
        BOOST_TEST_CONTEXT(name_of(kind) << " " << text) {
            std::string problem;
            BOOST_TEST(!layout_template::parse(kind, text, problem));
            BOOST_TEST(!problem.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(tells_whether_the_trainer_is_named) {
    BOOST_TEST(parsed(media_kind::course, course_default).names_trainer());
    BOOST_TEST(!parsed(media_kind::course, "{course_id}/{filename}").names_trainer());
}

BOOST_AUTO_TEST_CASE(course_directory_ends_at_the_later_of_the_two) {
    struct row {
        media_kind kind;
        std::string_view text;
        std::vector<std::string> expected;
    };
    const std::array rows{
        row{media_kind::course, course_default, {"{trainer_id}", "{course_id}"}},
        row{media_kind::module, module_default, {"{trainer_id}", "{course_id}"}},
        row{media_kind::lesson, lesson_default, {"{trainer_id}", "{course_id}"}},
        row{media_kind::course,
            "data/t-{trainer_id}/courses/{course_id}.d/presentation/{filename}",
            {"data", "t-{trainer_id}", "courses", "{course_id}.d"}},
        row{media_kind::course,
            "{course_id}/by/{trainer_id}/{filename}",
            {"{course_id}", "by", "{trainer_id}"}},
        row{media_kind::course, "courses/{course_id}/{filename}", {}},
        row{media_kind::module, "{trainer_id}/{module_id}/{course_id}/{filename}", {}},
    };
    for (const auto& [kind, text, expected] : rows) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(
                (parsed(kind, text).course_directory() == sluice::test::segments_of(expected)));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_layout_finds_the_template_of_a_kind) {
    const media_layout layout{parsed(media_kind::lesson, lesson_default),
                              parsed(media_kind::course, course_default),
                              parsed(media_kind::module, module_default)};
    BOOST_TEST(&layout.of(media_kind::lesson) == &layout.lesson);
    BOOST_TEST(&layout.of(media_kind::course) == &layout.course);
    BOOST_TEST(&layout.of(media_kind::module) == &layout.module);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
