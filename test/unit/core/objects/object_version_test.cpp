#include "core/objects/object_version.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace sluice::core;
constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'800'000'000)};

} // namespace

BOOST_AUTO_TEST_SUITE(object_version_suite)

BOOST_AUTO_TEST_CASE(takes_the_tag_and_the_date_of_the_store) {
    const auto version = describe_object(11, "\"abc-3\"", "Sun, 06 Nov 1994 08:49:37 GMT", now);
    BOOST_REQUIRE(version.has_value());
    BOOST_TEST(version->size == 11U);
    BOOST_TEST(version->etag == "\"abc-3\"");
    BOOST_TEST(version->last_modified == 784111777);
    BOOST_TEST(version->unmodified_since == 784111777);
    BOOST_TEST(version->last_modified_text == "Sun, 06 Nov 1994 08:49:37 GMT");
}

BOOST_AUTO_TEST_CASE(an_object_without_a_strong_tag_is_not_served) {
    BOOST_TEST(!describe_object(11, "", "Sun, 06 Nov 1994 08:49:37 GMT", now));
    BOOST_TEST(!describe_object(11, "W/\"abc\"", "Sun, 06 Nov 1994 08:49:37 GMT", now));
    BOOST_TEST(!describe_object(11, "abc", "Sun, 06 Nov 1994 08:49:37 GMT", now));
}

BOOST_AUTO_TEST_CASE(a_date_that_is_none_gives_none) {
    for (const auto* text : {"", "yesterday", "Thu, 01 Jan 1970 00:00:00 GMT"}) {
        const auto version = describe_object(11, "\"abc\"", text, now);
        BOOST_REQUIRE(version.has_value());
        BOOST_TEST(!version->gives_date());
        BOOST_TEST(!version->is_dated());
    }
}

BOOST_AUTO_TEST_CASE(reads_content_range) {
    BOOST_TEST((parse_content_range("bytes 0-4/11") == content_range{0, 4, 11}));
    BOOST_TEST((parse_content_range("bytes 10-10/11") == content_range{10, 10, 11}));
    for (const auto* text :
         {"", "bytes */11", "bytes 5-4/11", "bytes 0-11/11", "bytes 0-4/*", "bytes 0-4",
          "items 0-4/11", "bytes 0 - 4/11", "bytes 0/4-11", "bytes 0-4/99999999999999999999"}) {
        BOOST_TEST(!parse_content_range(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
