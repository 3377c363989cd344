#include "core/download/entity_tag.hpp"
#include "test/support/versions.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <random>
#include <set>

namespace sluice::core {

namespace {

constexpr entity_tag current{false, "\"17-2a\""};

struct list_row {
    std::string_view field;
    tag_list_match strong;
    tag_list_match weak;
};

constexpr auto matched = tag_list_match::matched;
constexpr auto none = tag_list_match::none;
constexpr auto malformed = tag_list_match::malformed;

} // namespace

BOOST_AUTO_TEST_SUITE(core_entity_tag)

BOOST_AUTO_TEST_CASE(formats_mtime_and_size_separately) {
    BOOST_TEST(make_entity_tag(test::written_at(0x2A, 0x17)) == "\"17-2a\"");
    BOOST_TEST(make_entity_tag(test::written_at(0, 0)) == "\"0-0\"");
    BOOST_TEST(make_entity_tag(test::written_at(1, -1)) == "\"ffffffffffffffff-1\"");
    BOOST_TEST(make_entity_tag(test::written_at(std::numeric_limits<std::uint64_t>::max(),
                                                1'700'000'000'123'456'789)) ==
               "\"17979cfe3d85cd15-ffffffffffffffff\"");
}

// docs/security.md, threat 61
BOOST_AUTO_TEST_CASE(tells_times_apart_that_nanoseconds_of_64_bits_do_not_hold) {
    std::set<std::string> tags;
    std::size_t made = 0;
    const auto add = [&](std::int64_t seconds, std::uint32_t nanoseconds) {
        tags.insert(make_entity_tag({.size = 1, .mtime = {seconds, nanoseconds}, .ctime = {}}));
        ++made;
    };
    constexpr std::int64_t last = 9'223'372'036; // 11 April 2262
    for (const std::int64_t seconds :
         {-last - 2, -last - 1, -last, std::int64_t{-1}, std::int64_t{0}, last - 1, last, last + 1,
          last + 2, 2 * last, 2 * last + 1, std::int64_t{253'402'300'799},
          std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
        for (const std::uint32_t nanoseconds : {0U, 1U, 0x10U, 854'775'807U, 999'999'999U}) {
            add(seconds, nanoseconds);
        }
    }
    BOOST_TEST(tags.size() == made);
    BOOST_TEST(make_entity_tag({.size = 1, .mtime = {last - 1, 999'999'999}, .ctime = {}}) ==
               "\"7fffffffcd0d27ff-1\"");
    BOOST_TEST(make_entity_tag({.size = 1, .mtime = {last + 1, 0x10}, .ctime = {}}) ==
               "\"225c17d05.10-1\"");
}

BOOST_AUTO_TEST_CASE(differs_where_any_fact_differs) {
    std::set<std::string> tags;
    std::size_t made = 0;
    for (const std::int64_t mtime : {0, 1, 0x11, 0x111, 1'000'000'000, 1'000'000'001}) {
        for (const std::uint64_t size : {0U, 1U, 0x11U, 0x111U, 0x1111U}) {
            tags.insert(make_entity_tag(test::written_at(size, mtime)));
            ++made;
        }
    }
    BOOST_TEST(tags.size() == made);
}

BOOST_AUTO_TEST_CASE(reads_what_it_makes_as_a_strong_tag) {
    const auto text = make_entity_tag(test::written_at(99, 1'700'000'000'123'456'789));
    const auto tag = parse_entity_tag(text);
    BOOST_REQUIRE(tag.has_value());
    BOOST_TEST(!tag->is_weak);
    BOOST_TEST(tag->opaque == text);
}

BOOST_AUTO_TEST_CASE(parses_single_tags) {
    for (const std::string_view text :
         {"\"\"", "\"a\"", "\"a,b\"", "\"a\\\"", "\"!#~\"", "\"W/\"", "\"\x80\xFF\"", "\"*\""}) {
        BOOST_TEST_CONTEXT(text) {
            const auto strong = parse_entity_tag(text);
            BOOST_REQUIRE(strong.has_value());
            BOOST_TEST(!strong->is_weak);
            BOOST_TEST(strong->opaque == text);
            const auto prefixed = "W/" + std::string(text);
            const auto weak = parse_entity_tag(prefixed);
            BOOST_REQUIRE(weak.has_value());
            BOOST_TEST(weak->is_weak);
            BOOST_TEST(weak->opaque == text);
        }
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_single_tag) {
    for (const auto* text :
         {"",         "*",         "a",         "\"",        "\"a",       "a\"",
          "'a'",      "W/",        "W/a",       "w/\"a\"",   "W\"a\"",    "W /\"a\"",
          "W/ \"a\"", "W/W/\"a\"", "\"a\"b",    "\"a\" ",    " \"a\"",    "\"a\",\"b\"",
          "\"a b\"",  "\"a\tb\"",  "\"a\x7F\"", "\"a\r\n\"", "\"a\\\"b\""}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!parse_entity_tag(text).has_value());
        }
    }
    BOOST_TEST(!parse_entity_tag(std::string_view("\"a\0b\"", 5)).has_value());
}

BOOST_AUTO_TEST_CASE(compares_as_the_table_of_the_rfc_says) { // RFC 9110 §8.8.3.2
    const entity_tag strong_1{false, "\"1\""};
    const entity_tag weak_1{true, "\"1\""};
    const entity_tag weak_2{true, "\"2\""};
    BOOST_TEST(!is_same_tag(weak_1, weak_1, tag_comparison::strong));
    BOOST_TEST(is_same_tag(weak_1, weak_1, tag_comparison::weak));
    BOOST_TEST(!is_same_tag(weak_1, weak_2, tag_comparison::strong));
    BOOST_TEST(!is_same_tag(weak_1, weak_2, tag_comparison::weak));
    BOOST_TEST(!is_same_tag(weak_1, strong_1, tag_comparison::strong));
    BOOST_TEST(!is_same_tag(strong_1, weak_1, tag_comparison::strong));
    BOOST_TEST(is_same_tag(weak_1, strong_1, tag_comparison::weak));
    BOOST_TEST(is_same_tag(strong_1, strong_1, tag_comparison::strong));
    BOOST_TEST(is_same_tag(strong_1, strong_1, tag_comparison::weak));
}

BOOST_AUTO_TEST_CASE(matches_lists) {
    const list_row rows[] = {
        {"*", matched, matched},
        {" *\t", matched, matched},
        {"\"17-2a\"", matched, matched},
        {"W/\"17-2a\"", none, matched},
        {"\"17-2A\"", none, none},
        {"\"other\"", none, none},
        {"\"a\", \"17-2a\"", matched, matched},
        {"\"17-2a\",\"a\"", matched, matched},
        {"W/\"a\"\t,\tW/\"17-2a\" ", none, matched},
        {"W/\"17-2a\", \"17-2a\"", matched, matched},
        {", ,\"17-2a\",,", matched, matched},
        {"\"a,\\\",\"17-2a\"", matched, matched},
        {"\"a,b\"", none, none},
        {"\"*\"", none, none},
        {"", none, none},
        {" ", none, none},
        {",,", none, none},
        // One bare word invalidates the list at any position.
        {"17-2a", malformed, malformed},
        {"\"17-2a\", 17-2a", malformed, malformed},
        {"17-2a, \"17-2a\"", malformed, malformed},
        {"\"17-2a", malformed, malformed},
        {"17-2a\"", malformed, malformed},
        {"\"17-2a\"x", malformed, malformed},
        {"\"17-2a\" \"b\"", malformed, malformed},
        {"\"17-2a\"\"b\"", malformed, malformed},
        {"\"17-2a\";\"b\"", malformed, malformed},
        {"\"17-2a\", *", malformed, malformed},
        {"*, \"17-2a\"", malformed, malformed},
        {"**", malformed, malformed},
        {"*,", malformed, malformed},
        {"w/\"17-2a\"", malformed, malformed},
        {"\"17-2a\", W/", malformed, malformed},
        {"\"a b\", \"17-2a\"", malformed, malformed},
    };
    for (const auto& [field, strong, weak] : rows) {
        BOOST_TEST_CONTEXT(field) {
            BOOST_CHECK(match_tag_list(field, current, tag_comparison::strong) == strong);
            BOOST_CHECK(match_tag_list(field, current, tag_comparison::weak) == weak);
        }
    }
}

BOOST_AUTO_TEST_CASE(reads_long_lists_to_the_end) {
    std::string field;
    for (int i = 0; i < 10'000; ++i) {
        field.append("W/\"").append(std::to_string(i)).append("\", ");
    }
    BOOST_CHECK(match_tag_list(field, current, tag_comparison::weak) == none);
    BOOST_CHECK(match_tag_list(field + "\"17-2a\"", current, tag_comparison::weak) == matched);
    BOOST_CHECK(match_tag_list("\"17-2a\"," + field + "x", current, tag_comparison::weak) ==
                malformed);
}

BOOST_AUTO_TEST_CASE(finds_a_tag_in_random_lists_exactly_when_it_was_put_there) {
    constexpr std::string_view alphabet = "a,\\*W/\x80";
    std::mt19937 random(3);
    const auto pick = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>{0, below - 1}(random);
    };
    for (int round = 0; round < 20'000; ++round) {
        std::string field;
        bool has_strong = false;
        bool has_weak = false;
        for (auto members = pick(5); members > 0; --members) {
            const bool is_weak = pick(2) == 0;
            const bool is_current = pick(4) == 0;
            std::string opaque = "\"";
            for (auto length = pick(6); length > 0; --length) {
                opaque.push_back(alphabet[pick(alphabet.size())]);
            }
            opaque.push_back('"');
            field.append(is_weak ? "W/" : "").append(is_current ? current.opaque : opaque);
            field.append(pick(2) == 0 ? " ,\t" : ",");
            has_weak = has_weak || is_current;
            has_strong = has_strong || (is_current && !is_weak);
        }
        BOOST_TEST_CONTEXT(field) {
            BOOST_CHECK(match_tag_list(field, current, tag_comparison::strong) ==
                        (has_strong ? matched : none));
            BOOST_CHECK(match_tag_list(field, current, tag_comparison::weak) ==
                        (has_weak ? matched : none));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
