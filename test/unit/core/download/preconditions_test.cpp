#include "core/download/download_plan.hpp"
#include "core/download/preconditions.hpp"
#include "test/support/versions.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace sluice::core {

namespace {

using namespace std::chrono;
using verdict = precondition_verdict;

// The file was written half a second after "at"; now is an hour later.
constexpr std::int64_t modified = 784'111'777;
constexpr sys_seconds now{seconds{modified + 3600}};
constexpr std::string_view before = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view at = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view at_rfc850 = "Sunday, 06-Nov-94 08:49:37 GMT";
constexpr std::string_view at_asctime = "Sun Nov  6 08:49:37 1994";
constexpr std::string_view after = "Sun, 06 Nov 1994 08:49:38 GMT";
constexpr std::string_view future = "Sun, 06 Nov 2094 08:49:38 GMT";
constexpr std::string_view twice = "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT";

representation written(std::int64_t mtime_seconds, std::int64_t extra_ns = 0) {
    return test::settled(100, mtime_seconds * 1'000'000'000 + extra_ns);
}

struct fixture {
    representation version = written(modified, 500'000'000);
    std::string weak = "W/" + version.etag;
    std::string listed = "\"a\", " + version.etag + " ,\"b\"";
    std::string spoilt = version.etag + ", b";

    [[nodiscard]] verdict judge(const download_request& request) const {
        return evaluate_preconditions(request, version, now);
    }
    [[nodiscard]] bool holds(std::string_view if_range) const {
        return if_range_holds(if_range, version, now);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(core_preconditions, fixture)

BOOST_AUTO_TEST_CASE(proceeds_without_conditions) {
    BOOST_CHECK(judge({}) == verdict::proceed);
}

BOOST_AUTO_TEST_CASE(if_match_wants_the_very_version) {
    for (const std::string_view good :
         {std::string_view(version.etag), std::string_view(listed), std::string_view("*")}) {
        BOOST_TEST_CONTEXT(good) {
            BOOST_CHECK(judge({.if_match = good}) == verdict::proceed);
        }
    }
    for (const std::string_view bad :
         {std::string_view(weak), std::string_view(spoilt), std::string_view("\"x\""),
          std::string_view("x"), std::string_view(""), std::string_view("*, *")}) {
        BOOST_TEST_CONTEXT(bad) {
            BOOST_CHECK(judge({.if_match = bad}) == verdict::failed);
        }
    }
}

BOOST_AUTO_TEST_CASE(if_match_overrides_if_unmodified_since) {
    BOOST_CHECK(judge({.if_match = version.etag, .if_unmodified_since = before}) ==
                verdict::proceed);
    BOOST_CHECK(judge({.if_match = "\"x\"", .if_unmodified_since = after}) == verdict::failed);
}

BOOST_AUTO_TEST_CASE(if_unmodified_since_compares_whole_seconds) {
    BOOST_CHECK(judge({.if_unmodified_since = before}) == verdict::failed);
    for (const auto date : {at, at_rfc850, at_asctime, after, future}) {
        BOOST_TEST_CONTEXT(date) {
            BOOST_CHECK(judge({.if_unmodified_since = date}) == verdict::proceed);
        }
    }
}

BOOST_AUTO_TEST_CASE(dates_that_are_none_are_ignored) {
    for (const std::string_view bad : {std::string_view("garbage"), std::string_view(""), twice,
                                       std::string_view("0"), std::string_view(version.etag)}) {
        BOOST_TEST_CONTEXT(bad) {
            BOOST_CHECK(judge({.if_unmodified_since = bad}) == verdict::proceed);
            BOOST_CHECK(judge({.if_modified_since = bad}) == verdict::proceed);
        }
    }
}

BOOST_AUTO_TEST_CASE(if_none_match_compares_weakly) {
    for (const std::string_view known : {std::string_view(version.etag), std::string_view(weak),
                                         std::string_view(listed), std::string_view("*")}) {
        BOOST_TEST_CONTEXT(known) {
            BOOST_CHECK(judge({.if_none_match = known}) == verdict::not_modified);
        }
    }
    for (const std::string_view other : {std::string_view("\"x\""), std::string_view("x"),
                                         std::string_view(spoilt), std::string_view("")}) {
        BOOST_TEST_CONTEXT(other) {
            BOOST_CHECK(judge({.if_none_match = other}) == verdict::proceed);
        }
    }
}

BOOST_AUTO_TEST_CASE(if_none_match_keeps_if_modified_since_out) { // RFC 9110 §13.1.3
    for (const std::string_view other : {"\"x\"", "x", ""}) {
        BOOST_TEST_CONTEXT(other) {
            BOOST_CHECK(judge({.if_none_match = other, .if_modified_since = after}) ==
                        verdict::proceed);
        }
    }
    BOOST_CHECK(judge({.if_none_match = version.etag, .if_modified_since = before}) ==
                verdict::not_modified);
}

BOOST_AUTO_TEST_CASE(if_modified_since_compares_whole_seconds) {
    BOOST_CHECK(judge({.if_modified_since = before}) == verdict::proceed);
    for (const auto date : {at, at_rfc850, at_asctime, after, future}) {
        BOOST_TEST_CONTEXT(date) {
            BOOST_CHECK(judge({.if_modified_since = date}) == verdict::not_modified);
        }
    }
}

BOOST_AUTO_TEST_CASE(failing_comes_before_not_modified) { // docs/security.md, threat 30
    BOOST_CHECK(judge({.if_match = "\"x\"", .if_none_match = version.etag}) == verdict::failed);
    BOOST_CHECK(judge({.if_match = "\"x\"", .if_none_match = "*", .if_modified_since = after}) ==
                verdict::failed);
    BOOST_CHECK(judge({.if_modified_since = after, .if_unmodified_since = before}) ==
                verdict::failed);
    BOOST_CHECK(judge({.if_match = version.etag, .if_none_match = version.etag}) ==
                verdict::not_modified);
}

BOOST_AUTO_TEST_CASE(a_file_without_a_credible_date_ignores_dates) {
    for (const std::int64_t mtime : {-5, 0, 1}) {
        BOOST_TEST_CONTEXT(mtime) {
            version = written(mtime);
            BOOST_CHECK(judge({.if_modified_since = after}) == verdict::proceed);
            BOOST_CHECK(judge({.if_unmodified_since = "Wed, 01 Jan 1969 00:00:00 GMT"}) ==
                        verdict::proceed);
            BOOST_CHECK(judge({.if_none_match = "*"}) == verdict::not_modified);
            BOOST_TEST(version.etag.empty());
        }
    }
}

// Threats 61: a condition that cannot be checked must not let a part of another version through.
BOOST_AUTO_TEST_CASE(a_range_needs_a_date_where_if_unmodified_since_asks_for_one) {
    const auto undated = written(1);
    BOOST_TEST(is_vouched_for({.range = "bytes=5-"}, undated));
    BOOST_TEST(is_vouched_for({.if_match = "*", .if_unmodified_since = at}, undated));
    BOOST_TEST(!is_vouched_for({.if_unmodified_since = at}, undated));
    BOOST_TEST(is_vouched_for({.if_unmodified_since = at}, version));
}

// RFC 9110 §8.8.2.1: Last-Modified was the Date of the response. The client sends it back, and it
// matches.
BOOST_AUTO_TEST_CASE(a_date_in_the_future_is_judged_by_what_was_sent) {
    auto facts = test::written_at(100, modified * 1'000'000'000);
    facts.mtime.seconds += 1'000'000;
    version = describe(facts, now);
    BOOST_TEST(!version.etag.empty());
    for (const auto date : {at, after}) {
        BOOST_CHECK(judge({.if_unmodified_since = date}) == verdict::proceed);
        BOOST_CHECK(judge({.if_modified_since = date}) == verdict::not_modified);
        BOOST_TEST(!holds(date));
    }
    BOOST_CHECK(judge({.if_unmodified_since = before}) == verdict::failed);
    BOOST_CHECK(judge({.if_modified_since = before}) == verdict::proceed);
    // The same once that time has come: the version has not changed meanwhile.
    version = describe(facts, now + seconds{1'000'000});
    BOOST_CHECK(judge({.if_unmodified_since = at}) == verdict::proceed);
    BOOST_CHECK(judge({.if_modified_since = at}) == verdict::not_modified);
}

BOOST_AUTO_TEST_CASE(a_file_that_has_not_settled_is_new_and_never_known) {
    const sys_seconds moment{seconds{modified + 1}};
    version = describe(test::written_at(100, modified * 1'000'000'000), moment);
    BOOST_TEST(version.etag.empty());
    BOOST_TEST(!version.gives_date());
    BOOST_CHECK(judge({.if_unmodified_since = before}) == verdict::failed);
    BOOST_CHECK(judge({.if_unmodified_since = at}) == verdict::proceed);
    BOOST_TEST(!is_vouched_for({.if_unmodified_since = at}, version));
    BOOST_CHECK(judge({.if_modified_since = after}) == verdict::proceed);
    BOOST_CHECK(judge({.if_match = "\"\""}) == verdict::failed);
    BOOST_CHECK(judge({.if_none_match = "\"\""}) == verdict::proceed);
    BOOST_TEST(!holds(""));
    BOOST_TEST(!holds(at));
}

BOOST_AUTO_TEST_CASE(a_date_that_was_another_versions_is_judged_by_the_change) {
    auto facts = test::written_at(100, modified * 1'000'000'000);
    facts.ctime = {modified + 60, 1};
    version = describe(facts, now, {.tag = false, .date = true});
    BOOST_TEST(!version.etag.empty());
    BOOST_TEST(!version.gives_date());
    BOOST_CHECK(judge({.if_unmodified_since = at}) == verdict::failed);
    BOOST_CHECK(judge({.if_modified_since = at}) == verdict::proceed);
    BOOST_TEST(!holds(at));
    BOOST_TEST(holds(version.etag));
}

BOOST_AUTO_TEST_CASE(if_range_holds_for_the_same_strong_tag) {
    BOOST_TEST(holds(version.etag));
}

BOOST_AUTO_TEST_CASE(if_range_holds_for_the_very_second) {
    BOOST_TEST(holds(at));
}

BOOST_AUTO_TEST_CASE(if_range_holds_for_nothing_else) { // docs/security.md, threat 29
    const auto two_tags = version.etag + ", " + version.etag;
    const auto spaced = version.etag + " ";
    for (const std::string_view bad :
         {std::string_view(weak), std::string_view(listed), std::string_view(two_tags),
          std::string_view(spaced), before, after, at_rfc850, at_asctime, future, twice,
          std::string_view("*"), std::string_view(""), std::string_view("garbage"),
          std::string_view("\"x\""), std::string_view("W/"),
          std::string_view("1994-11-06T08:49:37Z"), std::string_view(version.etag).substr(1)}) {
        BOOST_TEST_CONTEXT(bad) {
            BOOST_TEST(!holds(bad));
        }
    }
}

BOOST_AUTO_TEST_CASE(if_range_takes_a_date_only_once_its_second_is_over) { // RFC 9110 §8.8.2.2
    for (const std::int64_t age : {-3600, -1, 0}) {
        const sys_seconds moment{seconds{modified + age}};
        BOOST_TEST_CONTEXT(age) {
            BOOST_TEST(!if_range_holds(at, version, moment));
            BOOST_TEST(if_range_holds(version.etag, version, moment));
        }
    }
    BOOST_TEST(if_range_holds(at, version, sys_seconds{seconds{modified + 1}}));
}

BOOST_AUTO_TEST_CASE(if_range_takes_no_date_of_a_file_that_has_none) {
    BOOST_TEST(!if_range_holds("Thu, 01 Jan 1970 00:00:00 GMT", written(0), now));
    BOOST_TEST(!if_range_holds("Thu, 01 Jan 1970 00:00:01 GMT", written(1), now));
    BOOST_TEST(!if_range_holds("Wed, 31 Dec 1969 23:59:59 GMT", written(-1), now));
    BOOST_TEST(if_range_holds("Thu, 01 Jan 1970 00:00:02 GMT", written(2), now));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
