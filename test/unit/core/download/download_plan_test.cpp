#include "core/download/download_plan.hpp"
#include "test/support/versions.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace sluice::core {

namespace {

using namespace std::chrono;
using outcome = download_plan::outcome;
using field = std::optional<std::string_view>;
using slices = std::vector<byte_slice>;

constexpr std::int64_t modified = 784'111'777;
constexpr sys_seconds now{seconds{modified + 3600}};
constexpr std::string_view before = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view at = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view after = "Sun, 06 Nov 1994 08:49:38 GMT";

const representation& file() {
    static const auto version = test::settled(100, modified * 1'000'000'000);
    return version;
}

void check(const download_request& request, outcome what, const slices& wanted = {},
           const representation& version = file()) {
    const auto plan = plan_download(request, version, now);
    BOOST_CHECK(plan.what == what);
    BOOST_CHECK(std::ranges::equal(plan.slices.view(), wanted));
}

/// A field's value and its meaning for the file; the model needs nothing more.
struct choice {
    field value;
    bool is_true = true; // the condition is true, or there is none
};

struct range_choice {
    field value;
    outcome what = outcome::whole;
};

/// RFC 9110 §13.2.2, word by word.
outcome expected(bool is_get, const choice& if_match, const choice& unmodified,
                 const choice& none_match, const choice& modified_since, const choice& if_range,
                 const range_choice& range) {
    if (if_match.value ? !if_match.is_true : !unmodified.is_true) {
        return outcome::precondition_failed;
    }
    if (none_match.value ? !none_match.is_true : !modified_since.is_true) {
        return outcome::not_modified;
    }
    return is_get && if_range.is_true ? range.what : outcome::whole;
}

} // namespace

BOOST_AUTO_TEST_SUITE(core_download_plan)

BOOST_AUTO_TEST_CASE(sends_the_whole_file_by_default) {
    check({}, outcome::whole);
    check({.is_get = false}, outcome::whole);
    check({}, outcome::whole, {}, test::settled(0, 0));
}

BOOST_AUTO_TEST_CASE(sends_parts) {
    check({.range = "bytes=0-9"}, outcome::part, {{0, 10}});
    check({.range = "bytes=0-"}, outcome::part, {{0, 100}});
    check({.range = "bytes=0-9,-10"}, outcome::parts, {{0, 10}, {90, 10}});
    check({.range = "bytes=0-9,999999999-"}, outcome::part,
          {{0, 10}}); // docs/security.md, threat 27
}

BOOST_AUTO_TEST_CASE(refuses_or_ignores_bad_ranges) { // docs/security.md, threats 24 to 28
    for (const auto* range : {"bytes=100-", "bytes=-0", "bytes=5-2", "bytes=alpha",
                              "bytes=", "bytes=18446744073709551616-"}) {
        BOOST_TEST_CONTEXT(range) {
            check({.range = range}, outcome::unsatisfiable);
        }
    }
    for (const auto* range : {"items=0-1", "garbage", "", "bytes=0-,0-,0-"}) {
        BOOST_TEST_CONTEXT(range) {
            check({.range = range}, outcome::whole);
        }
    }
    const auto empty = test::settled(0, 0);
    check({.range = "bytes=0-"}, outcome::unsatisfiable, {}, empty);
    check({.range = "items=0-"}, outcome::whole, {}, empty);
}

BOOST_AUTO_TEST_CASE(ignores_ranges_of_other_methods) { // RFC 9110 §14.2
    for (const auto* range : {"bytes=0-9", "bytes=100-", "bytes=alpha"}) {
        check({.is_get = false, .range = range}, outcome::whole);
    }
}

BOOST_AUTO_TEST_CASE(
    sends_the_whole_file_when_if_range_does_not_hold) { // docs/security.md, threat 29
    const auto weak = "W/" + file().etag;
    for (const std::string_view stale :
         {std::string_view(weak), std::string_view("\"x\""), before, after,
          std::string_view("garbage"), std::string_view("")}) {
        BOOST_TEST_CONTEXT(stale) {
            check({.if_range = stale, .range = "bytes=0-9"}, outcome::whole);
            check({.if_range = stale, .range = "bytes=100-"}, outcome::whole);
        }
    }
    check({.if_range = file().etag, .range = "bytes=0-9"}, outcome::part, {{0, 10}});
    check({.if_range = at, .range = "bytes=0-9"}, outcome::part, {{0, 10}});
    check({.if_range = at, .range = "bytes=100-"}, outcome::unsatisfiable);
}

BOOST_AUTO_TEST_CASE(ignores_if_range_without_a_range) {
    check({.if_range = file().etag}, outcome::whole);
    check({.if_range = "garbage"}, outcome::whole);
}

BOOST_AUTO_TEST_CASE(a_replaced_file_starts_again) { // docs/security.md, threat 21
    const auto old_tag = file().etag;
    const auto replaced = test::settled(100, modified * 1'000'000'000 + 1);
    check({.if_range = old_tag, .range = "bytes=50-"}, outcome::whole, {}, replaced);
    check({.if_match = old_tag, .range = "bytes=50-"}, outcome::precondition_failed, {}, replaced);
}

BOOST_AUTO_TEST_CASE(judges_preconditions_before_ranges) { // docs/security.md, threat 30
    check({.if_none_match = file().etag, .range = "bytes=100-"}, outcome::not_modified);
    check({.if_match = "\"x\"", .range = "bytes=0-9"}, outcome::precondition_failed);
    check({.if_match = file().etag, .range = "bytes=0-9"}, outcome::part, {{0, 10}});
}

BOOST_AUTO_TEST_CASE(agrees_with_the_rfc_on_every_combination) {
    const auto& tag = file().etag;
    const auto weak = "W/" + tag;
    const auto list = "\"a\"," + tag;
    const std::vector<choice> if_match{
        {}, {tag, true}, {"*", true}, {list, true}, {weak, false}, {"\"x\"", false}, {"x", false}};
    const std::vector<choice> unmodified{
        {}, {before, false}, {at, true}, {after, true}, {"x", true}};
    const std::vector<choice> none_match{
        {}, {tag, false}, {"*", false}, {weak, false}, {list, false}, {"\"x\"", true}, {"x", true}};
    const std::vector<choice> since{{}, {before, true}, {at, false}, {after, false}, {"x", true}};
    const std::vector<choice> if_range{
        {}, {tag, true}, {at, true}, {weak, false}, {before, false}, {"x", false}};
    const std::vector<range_choice> ranges{{},
                                           {"bytes=0-9", outcome::part},
                                           {"bytes=0-1,4-5", outcome::parts},
                                           {"bytes=100-", outcome::unsatisfiable},
                                           {"bytes=x", outcome::unsatisfiable},
                                           {"items=0-9", outcome::whole}};
    const auto check_all_conditions = [&](bool is_get, const choice& range_if,
                                          const range_choice& range) {
        for (const auto& a : if_match) {
            for (const auto& b : unmodified) {
                for (const auto& c : none_match) {
                    for (const auto& d : since) {
                        const download_request request{is_get,  a.value,        c.value,    d.value,
                                                       b.value, range_if.value, range.value};
                        const auto plan = plan_download(request, file(), now);
                        BOOST_CHECK(plan.what == expected(is_get, a, b, c, d, range_if, range));
                    }
                }
            }
        }
    };
    for (const bool is_get : {true, false}) {
        for (const auto& range_if : if_range) {
            for (const auto& range : ranges) {
                check_all_conditions(is_get, range_if, range);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
