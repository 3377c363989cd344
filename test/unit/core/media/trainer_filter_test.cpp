#include "core/media/trainer_filter.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using sluice::core::matches_glob;
using sluice::core::trainer_filter;

struct row {
    std::string_view glob;
    std::string_view text;
    bool is_match;
};

constexpr row rows[] = {
    {"acme", "acme", true},
    {"acme", "acme2", false},
    {"acme", "Acme", false},
    {"", "", true},
    {"", "a", false},
    {"*", "", true},
    {"*", "anything at all", true},
    {"**", "x", true},
    {"acme-*", "acme-", true},
    {"acme-*", "acme-7", true},
    {"acme-*", "acme", false},
    {"*-fr", "acme-fr", true},
    {"*-fr", "acme-fr-x", false},
    {"a*b*c", "abc", true},
    {"a*b*c", "a-b-b-c", true},
    {"a*b*c", "a-c-b", false},
    {"*ab*ab", "abab", true},
    {"*ab*ab", "ab", false},
    {"*\xC3\xA9*", "caf\xC3\xA9", true},
    // Only the star is special: identifiers may contain the others.
    {"a?c", "abc", false},
    {"a?c", "a?c", true},
    {"[ab]", "a", false},
    {"a\\*", "a\\b", true},
};

} // namespace

BOOST_AUTO_TEST_SUITE(trainer_filters)

BOOST_AUTO_TEST_CASE(a_star_stands_for_any_text_and_every_other_byte_for_itself) {
    for (const auto& [glob, text, is_match] : rows) {
        BOOST_TEST(matches_glob(glob, text) == is_match, glob << " on " << text);
    }
}

BOOST_AUTO_TEST_CASE(many_stars_cost_a_bounded_time) {
    const std::string text(128, 'a');
    std::string glob;
    for (int i = 0; i < 64; ++i) {
        glob += "*a";
    }
    BOOST_TEST(matches_glob(glob, text));
    BOOST_TEST(!matches_glob(glob + "b", text)); // not 2^64 steps
}

BOOST_AUTO_TEST_CASE(one_of_the_globs_is_enough) {
    const trainer_filter some({"acme-*", "zed"});
    BOOST_TEST(!some.is_for_all());
    BOOST_TEST(some.admits("acme-1"));
    BOOST_TEST(some.admits("zed"));
    BOOST_TEST(!some.admits("other"));
    BOOST_TEST(!some.admits(""));
}

BOOST_AUTO_TEST_CASE(a_star_alone_is_for_all) {
    BOOST_TEST(trainer_filter().is_for_all());
    BOOST_TEST(trainer_filter().admits(""));
    const trainer_filter all({"acme-*", "*"});
    BOOST_TEST(all.is_for_all());
    BOOST_TEST(all.admits("other"));
}

BOOST_AUTO_TEST_SUITE_END()
