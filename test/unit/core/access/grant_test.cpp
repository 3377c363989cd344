#include "core/access/grant.hpp"

#include <boost/test/unit_test.hpp>

namespace core = sluice::core;

BOOST_AUTO_TEST_SUITE(grant)

BOOST_AUTO_TEST_CASE(scopes) {
    BOOST_TEST(core::scope_of({"t", "", "", ""}) == "trainer");
    BOOST_TEST(core::scope_of({"t", "c", "", ""}) == "course");
    BOOST_TEST(core::scope_of({"", "c", "", ""}) == "course");
    BOOST_TEST(core::scope_of({"t", "c", "m", ""}) == "module");
    BOOST_TEST(core::scope_of({"t", "c", "m", "l"}) == "lesson");
}

BOOST_AUTO_TEST_CASE(windows_are_half_open) {
    const core::validity window{100, 200};
    BOOST_TEST(!window.holds_at(99));
    BOOST_TEST(window.holds_at(100));
    BOOST_TEST(window.holds_at(199));
    BOOST_TEST(!window.holds_at(200));
    BOOST_TEST(core::validity{}.holds_at(0));
    BOOST_TEST(!(core::validity{{}, 5}.holds_at(5)));
    BOOST_TEST((core::validity{5, {}}.holds_at(5)));
}

// docs/security.md, threat 56: of several windows that are open, the one that lasts longest.
BOOST_AUTO_TEST_CASE(what_windows_amount_to) {
    const auto at = [](std::vector<core::validity> windows, std::int64_t now) {
        return core::standing_of(windows, now);
    };
    BOOST_TEST(!at({}, 5).is_granted);
    BOOST_TEST(!at({{10, 20}}, 5).is_granted);
    BOOST_TEST(at({{10, 20}}, 10).is_granted);
    BOOST_TEST((at({{10, 20}}, 10).until == 20));
    BOOST_TEST((at({{10, 20}, {5, 30}, {1, 15}}, 10).until == 30));
    BOOST_TEST((at({{10, 20}, {25, 90}}, 10).until == 20)); // not open yet
    BOOST_TEST((!at({{10, 20}, {}}, 10).until));
    BOOST_TEST((!at({{}, {10, 20}}, 10).until));
    BOOST_TEST((!at({{5, {}}, {10, 20}, {10, 30}}, 10).until));
    BOOST_TEST((!at({{10, 20}}, 20).is_granted));
}

BOOST_AUTO_TEST_CASE(what_is_at_fault_is_named) {
    using core::errc;
    struct sample {
        core::grant what;
        errc code;
        std::string_view subject;
    };
    const sample samples[] = {
        {{"", {"t", "", "", ""}, {}}, errc::parameter_missing, "user_id"},
        {{"a/b", {"t", "", "", ""}, {}}, errc::parameter_invalid, "user_id"},
        {{"u", {}, {}}, errc::parameter_missing, "trainer_id"},
        {{"u", {"..", "", "", ""}, {}}, errc::parameter_invalid, "trainer_id"},
        {{"u", {"t", "c\n", "", ""}, {}}, errc::parameter_invalid, "course_id"},
        {{"u", {"t", "", "m", ""}, {}}, errc::parameter_missing, "course_id"},
        {{"u", {"t", "c", "", "l"}, {}}, errc::parameter_missing, "module_id"},
        {{"u", {"t", "", "", ""}, {5, 5}}, errc::parameter_invalid, "not_after"},
        {{"u", {"t", "", "", ""}, {-1, 5}}, errc::parameter_invalid, "not_before"},
        {{"u", {"t", "", "", ""}, {{}, std::int64_t{1} << 60}},
         errc::parameter_invalid,
         "not_after"},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.subject) {
            const auto verdict = core::check(each.what);
            BOOST_REQUIRE(!verdict);
            BOOST_TEST((verdict.error() == core::failure{each.code, each.subject}));
        }
    }
    BOOST_TEST(static_cast<bool>(core::check({"u", {"t", "c", "m", "l"}, {1, 2}})));
}

BOOST_AUTO_TEST_SUITE_END()
