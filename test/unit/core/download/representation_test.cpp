#include "core/download/representation.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

namespace sluice::core {

BOOST_AUTO_TEST_SUITE(core_representation)

BOOST_AUTO_TEST_CASE(describes_a_version_from_its_facts) {
    const auto version = describe({.size = 42, .mtime_ns = 784'111'777'999'999'999});
    BOOST_TEST(version.size == 42U);
    BOOST_TEST(version.last_modified == 784'111'777);
    BOOST_TEST(version.etag == "\"ae1b981f7e3d3ff-2a\"");
    BOOST_TEST(version.last_modified_text == "Sun, 06 Nov 1994 08:49:37 GMT");
    BOOST_TEST(version.is_dated());
}

BOOST_AUTO_TEST_CASE(says_the_same_on_every_replica) {
    const media_facts facts{.size = 7, .mtime_ns = 1'700'000'000'000'000'001};
    BOOST_TEST(describe(facts).etag == describe(media_facts(facts)).etag);
}

BOOST_AUTO_TEST_CASE(tells_versions_of_one_second_apart_by_tag_alone) {
    const auto before = describe({.size = 7, .mtime_ns = 1'700'000'000'000'000'001});
    const auto after = describe({.size = 7, .mtime_ns = 1'700'000'000'000'000'002});
    BOOST_TEST(before.last_modified == after.last_modified);
    BOOST_TEST(before.etag != after.etag);
}

BOOST_AUTO_TEST_CASE(rounds_down_before_the_epoch_too) {
    BOOST_TEST(describe({.size = 0, .mtime_ns = -1}).last_modified == -1);
    BOOST_TEST(describe({.size = 0, .mtime_ns = -1'000'000'000}).last_modified == -1);
    BOOST_TEST(describe({.size = 0, .mtime_ns = -1'000'000'001}).last_modified == -2);
}

BOOST_AUTO_TEST_CASE(has_no_date_where_the_mtime_is_a_placeholder) {
    for (const std::int64_t mtime :
         {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
          std::int64_t{1'000'000'000}, std::int64_t{1'999'999'999}}) {
        BOOST_TEST_CONTEXT(mtime) {
            const auto version = describe({.size = 1, .mtime_ns = mtime});
            BOOST_TEST(!version.is_dated());
            BOOST_TEST(version.last_modified_text.empty());
            BOOST_TEST(!version.etag.empty());
        }
    }
    const auto dated = describe({.size = 1, .mtime_ns = 2'000'000'000});
    BOOST_TEST(dated.last_modified_text == "Thu, 01 Jan 1970 00:00:02 GMT");
}

BOOST_AUTO_TEST_CASE(describes_the_largest_facts) {
    const auto version = describe({.size = std::numeric_limits<std::uint64_t>::max(),
                                   .mtime_ns = std::numeric_limits<std::int64_t>::max()});
    BOOST_TEST(version.last_modified_text == "Fri, 11 Apr 2262 23:47:16 GMT");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
