#include "core/media/layout_segment.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>

namespace sluice::core {

namespace {

layout_segment parsed(std::string_view text) {
    std::string problem;
    const auto segment = layout_segment::parse(text, problem);
    BOOST_REQUIRE_MESSAGE(segment, problem);
    return *segment;
}

} // namespace

BOOST_AUTO_TEST_SUITE(layout_segments)

BOOST_AUTO_TEST_CASE(parses_literals_and_one_placeholder) {
    struct row {
        std::string_view text;
        layout_segment expected;
    };
    const std::array rows{
        row{"media", {"media", placeholder::none, ""}},
        row{"{trainer_id}", {"", placeholder::trainer_id, ""}},
        row{"t-{trainer_id}", {"t-", placeholder::trainer_id, ""}},
        row{"{course_id}.d", {"", placeholder::course_id, ".d"}},
        row{".{module_id}~", {".", placeholder::module_id, "~"}},
        row{"{lesson_id}", {"", placeholder::lesson_id, ""}},
        row{"{filename}", {"", placeholder::filename, ""}},
    };
    for (const auto& [text, expected] : rows) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST((parsed(text) == expected));
        }
    }
}

BOOST_AUTO_TEST_CASE(refuses_with_a_reason) {
    for (const std::string_view text :
         {"", ".", "..", "{", "}", "a}b", "{course_id", "course_id}", "{}", "{Course_id}", "{none}",
          "{ course_id }", "{course_id}{module_id}", "{course_id}-{module_id}", "{{course_id}}",
          "a\\b", "tab\there", "\xFF", "\xE2\x80\xAE{course_id}"}) {
        BOOST_TEST_CONTEXT(text) {
            std::string problem;
            BOOST_TEST(!layout_segment::parse(text, problem));
            BOOST_TEST(!problem.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(match_takes_the_literals_off) {
    struct row {
        std::string_view segment;
        std::string_view name;
        std::string_view id; // empty: no match
    };
    constexpr std::array rows{
        row{"{course_id}", "c1", "c1"},       row{"c-{course_id}", "c-1", "1"},
        row{"c-{course_id}", "c-", ""},       row{"c-{course_id}", "x-1", ""},
        row{"{course_id}.d", "1.d", "1"},     row{"{course_id}.d", ".d", ""},
        row{"{course_id}.d", "1.e", ""},      row{"ab{course_id}ba", "aba", ""},
        row{"ab{course_id}ba", "ab1ba", "1"}, row{"media", "media", ""},
        row{"-{course_id}", "-..", ""},       row{"{course_id}", "a\x01", ""},
        row{"{course_id}", "", ""},
    };
    for (const auto& [segment, name, id] : rows) {
        BOOST_TEST_CONTEXT(segment << " and " << name) {
            BOOST_TEST(parsed(segment).match(name).value_or("") == id);
        }
    }
    BOOST_TEST(!parsed("{course_id}").match(std::string(129, 'a')));
}

BOOST_AUTO_TEST_CASE(a_reserved_name_is_no_name_of_this_segment) {
    auto segment = parsed("{trainer_id}");
    segment.reserved = {parsed("courses"), parsed("c-{course_id}.d")};
    for (const std::string_view name : {"courses", "c-1.d", "c-x.y.d"}) {
        BOOST_TEST(segment.is_reserved(name));
        BOOST_TEST(!segment.match(name));
    }
    for (const std::string_view name : {"course", "courses2", "Courses", "c-.d", "c-1", "1.d"}) {
        BOOST_TEST(!segment.is_reserved(name));
        BOOST_TEST(segment.match(name).value_or("") == name);
    }
}

BOOST_AUTO_TEST_CASE(overlap_is_seen_from_both_sides) {
    struct row {
        std::string_view first;
        std::string_view second;
        name_overlap expected;
        name_overlap mirrored;
    };
    using enum name_overlap;
    constexpr std::array rows{
        row{"a", "a", same, same},
        row{"a", "b", none, none},
        row{"a", "{course_id}", first_in, second_in},
        row{"c-1", "c-{course_id}", first_in, second_in},
        row{"c-", "c-{course_id}", none, none},
        row{"-..", "-{course_id}", none, none}, // ".." is not an identifier
        row{"{course_id}", "{trainer_id}", same, same},
        row{"c-{course_id}", "{trainer_id}", first_in, second_in},
        row{"{course_id}.d", "{trainer_id}", first_in, second_in},
        row{"c-{course_id}.d", "c-{course_id}", first_in, second_in},
        row{"c-{course_id}", "{trainer_id}.d", some_shared, some_shared},
        row{"c-{course_id}", "t-{trainer_id}", none, none},
        row{"{course_id}.c", "{trainer_id}.t", none, none},
        row{"c-{course_id}.d", "c{course_id}.x", none, none},
    };
    for (const auto& [first, second, expected, mirrored] : rows) {
        BOOST_TEST_CONTEXT(first << " and " << second) {
            BOOST_TEST((overlap_of(parsed(first), parsed(second)) == expected));
            BOOST_TEST((overlap_of(parsed(second), parsed(first)) == mirrored));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
