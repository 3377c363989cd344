#include "core/media/media_id.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace std::string_view_literals;

namespace sluice::core {

namespace {

struct name_row {
    std::string_view what;
    std::string text;
};

// docs/security.md, threats 11, 12, 14, 16 and 17, in the form in which they arrive: decoded once.
const std::array bad_names{
    name_row{"empty", ""},
    name_row{"dot", "."},
    name_row{"dot dot", ".."},
    name_row{"slash", "a/b"},
    name_row{"only a slash", "/"},
    name_row{"climbing", "../../etc/passwd"},
    name_row{"backslash", "..\\win.ini"},
    name_row{"NUL", std::string("x.mp4\0.txt", 10)},
    name_row{"line feed", "a\nb"},
    name_row{"carriage return", "a\rb"},
    name_row{"escape", "\x1B[2J"},
    name_row{"DEL", "a\x7F"},
    name_row{"C1 control", "a\xC2\x9B"},
    name_row{"right-to-left override", "a\xE2\x80\xAE"
                                       "4pm.exe"},
    name_row{"zero-width space", "a\xE2\x80\x8B"
                                 "b"},
    name_row{"zero-width joiner", "a\xE2\x80\x8D"
                                  "b"},
    name_row{"byte order mark", "\xEF\xBB\xBF"
                                "a"},
    name_row{"overlong dots", "\xC0\xAE\xC0\xAE"},
    name_row{"surrogate", "\xED\xA0\x80"},
    name_row{"lone byte", "\x80"},
};

const std::array good_names{
    name_row{"plain", "intro.mp4"},
    name_row{"hidden", ".bashrc"},
    name_row{"three dots", "..."},
    name_row{"dots inside", "a..b"},
    name_row{"percent text left after the one decode (threat 13)", "%2e%2e%2f"},
    name_row{"space and plus", "a b+c"},
    name_row{"quote and semicolon", "a\"; x=y.mp4"},
    name_row{"colon", "urn:1"},
    name_row{"brace", "{trainer_id}"},
    name_row{"NFC", "\xC3\xA9"},
    name_row{"NFD", "e\xCC\x81"},
    name_row{"fullwidth solidus (threat 17)", "\xEF\xBC\x8F"},
    name_row{"Japanese", "ファイル.mp4"},
    name_row{"emoji", "🎬"},
};

bool fails_with(const result<media_id>& outcome, std::string_view subject) {
    return outcome.has_error() && outcome.error() == failure{errc::parameter_invalid, subject};
}

} // namespace

BOOST_AUTO_TEST_SUITE(media_ids)

BOOST_AUTO_TEST_CASE(kinds_have_exact_names) {
    for (const auto kind : {media_kind::lesson, media_kind::course, media_kind::module}) {
        BOOST_TEST((parse_media_kind(name_of(kind)) == kind));
    }
    BOOST_TEST(name_of(media_kind::lesson) == "lesson");
    BOOST_TEST(name_of(media_kind::course) == "course");
    BOOST_TEST(name_of(media_kind::module) == "module");
    for (const auto text : {""sv, "Lesson"sv, "LESSON"sv, "lesson "sv, "lessons"sv, "lesso"sv,
                            "course\0"sv, "quiz"sv}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!parse_media_kind(text));
        }
    }
}

BOOST_AUTO_TEST_CASE(names_are_judged_by_their_bytes) {
    for (const auto& [what, text] : bad_names) {
        BOOST_TEST_CONTEXT(what) {
            BOOST_TEST(!is_identifier(text));
            BOOST_TEST(!is_file_name(text));
        }
    }
    for (const auto& [what, text] : good_names) {
        BOOST_TEST_CONTEXT(what) {
            BOOST_TEST(is_identifier(text));
            BOOST_TEST(is_file_name(text));
        }
    }
}

BOOST_AUTO_TEST_CASE(names_have_a_longest_length_in_bytes) {
    BOOST_TEST(is_identifier(std::string(128, 'a')));
    BOOST_TEST(!is_identifier(std::string(129, 'a')));
    BOOST_TEST(is_file_name(std::string(255, 'a')));
    BOOST_TEST(!is_file_name(std::string(256, 'a')));
    std::string accents;
    for (int i = 0; i < 64; ++i) {
        accents += "é";
    }
    BOOST_TEST(is_identifier(accents));
    BOOST_TEST(!is_identifier(accents + "a"));
}

BOOST_AUTO_TEST_CASE(a_lesson_carries_its_five_fields) {
    const auto id = media_id::lesson("t", "c", "m", "l", "f.mp4").value();
    BOOST_TEST((id.kind() == media_kind::lesson));
    BOOST_TEST(id.trainer_id() == "t");
    BOOST_TEST(id.course_id() == "c");
    BOOST_TEST(id.module_id() == "m");
    BOOST_TEST(id.lesson_id() == "l");
    BOOST_TEST(id.filename() == "f.mp4");
    BOOST_TEST(id.rel() == "t/c/m/l");
    BOOST_TEST((id == media_id::lesson("t/c/m/l", "f.mp4").value()));
}

BOOST_AUTO_TEST_CASE(presentations_leave_the_rest_empty) {
    const auto course = media_id::course("c", "f.mp4").value();
    BOOST_TEST((course.kind() == media_kind::course));
    BOOST_TEST(course.course_id() == "c");
    BOOST_TEST(course.filename() == "f.mp4");
    BOOST_TEST(course.trainer_id().empty());
    BOOST_TEST(course.module_id().empty());
    BOOST_TEST(course.lesson_id().empty());

    const auto module = media_id::module("c", "m", "f.mp4").value();
    BOOST_TEST((module.kind() == media_kind::module));
    BOOST_TEST(module.course_id() == "c");
    BOOST_TEST(module.module_id() == "m");
    BOOST_TEST(module.filename() == "f.mp4");
    BOOST_TEST(module.trainer_id().empty());
    BOOST_TEST(module.lesson_id().empty());
}

BOOST_AUTO_TEST_CASE(rel_has_exactly_four_identifiers) {
    // Includes docs/security.md, threat 36.
    for (const auto rel : {""sv,       "t"sv,        "t/c"sv,       "t/c/m"sv,      "t/c/m/l/x"sv,
                           "/abs"sv,   "/t/c/m/l"sv, "t/c/m/l/"sv,  "t/c/m/"sv,     "/c/m/l"sv,
                           "t//m/l"sv, "../x"sv,     "../c/m/l"sv,  "t/c/../l"sv,   "t/./m/l"sv,
                           "a//b"sv,   "///"sv,      "t/c/m/l\n"sv, "t\\c\\m\\l"sv, "t/c/m/\0"sv}) {
        BOOST_TEST_CONTEXT(rel) {
            BOOST_TEST(fails_with(media_id::lesson(rel, "f.mp4"), "rel"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_bad_field_is_named) {
    for (const auto& [what, bad] : bad_names) {
        BOOST_TEST_CONTEXT(what) {
            BOOST_TEST(fails_with(media_id::lesson(bad, "c", "m", "l", "f"), "rel"));
            BOOST_TEST(fails_with(media_id::lesson("t", bad, "m", "l", "f"), "rel"));
            BOOST_TEST(fails_with(media_id::lesson("t", "c", bad, "l", "f"), "rel"));
            BOOST_TEST(fails_with(media_id::lesson("t", "c", "m", bad, "f"), "rel"));
            BOOST_TEST(fails_with(media_id::lesson("t", "c", "m", "l", bad), "filename"));
            BOOST_TEST(fails_with(media_id::lesson("t/c/m/l", bad), "filename"));
            BOOST_TEST(fails_with(media_id::course(bad, "f"), "course_id"));
            BOOST_TEST(fails_with(media_id::course("c", bad), "filename"));
            BOOST_TEST(fails_with(media_id::module(bad, "m", "f"), "course_id"));
            BOOST_TEST(fails_with(media_id::module("c", bad, "f"), "module_id"));
            BOOST_TEST(fails_with(media_id::module("c", "m", bad), "filename"));
        }
    }
}

BOOST_AUTO_TEST_CASE(fields_are_compared_one_by_one) {
    // docs/security.md, threat 10: the same letters, divided differently.
    BOOST_TEST((media_id::lesson("a", "bc", "m", "l", "f").value() !=
                media_id::lesson("ab", "c", "m", "l", "f").value()));
    BOOST_TEST((media_id::module("1", "2", "x").value() != media_id::course("1", "2x").value()));
    BOOST_TEST((media_id::course("m", "f").value() != media_id::course("m", "F").value()));
    // docs/security.md, threat 17: two encodings of one letter are two names.
    BOOST_TEST(
        (media_id::course("c", "\xC3\xA9").value() != media_id::course("c", "e\xCC\x81").value()));
    // Equal texts at different addresses are equal.
    const std::string copy = "f.mp4";
    BOOST_TEST((media_id::course("c", copy).value() == media_id::course("c", "f.mp4").value()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
