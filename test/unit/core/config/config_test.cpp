#include "core/config/config.hpp"
#include "core/config/config_listeners.hpp"
#include "core/config/config_origins.hpp"
#include "core/config/config_print.hpp"
#include "core/config/config_settings.hpp"
#include "test/support/text.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <limits>
#include <set>
#include <sstream>

namespace core = sluice::core;

namespace {

core::setting_value number(std::int64_t value) {
    return value;
}
core::setting_value text(std::string value) {
    return value;
}
core::setting_value list(std::vector<std::string> value) {
    return value;
}

const core::setting& row(std::string_view path) {
    const auto* const found = core::find_setting(path);
    BOOST_REQUIRE_MESSAGE(found != nullptr, path);
    return *found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(every_default_is_a_value_its_setting_can_take) {
    const core::config defaults;
    for (const auto& each : core::settings()) {
        BOOST_TEST_CONTEXT(each.path) {
            BOOST_TEST(core::check(each, each.get(defaults)) == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(paths_and_environment_names_are_unique) {
    std::set<std::string> names;
    for (const auto& each : core::settings()) {
        BOOST_TEST_CONTEXT(each.path) {
            BOOST_TEST(names.insert(std::string(each.path)).second);
            BOOST_TEST(names.insert(core::environment_name(each)).second);
            BOOST_TEST(!core::is_section(each.path)); // a setting is not also a section
            BOOST_TEST(!each.help.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_row_reads_back_what_it_wrote_and_touches_nothing_else) {
    for (const auto& each : core::settings()) {
        BOOST_TEST_CONTEXT(each.path) {
            core::config changed;
            core::setting_value value;
            switch (each.kind) {
            case core::setting_kind::number:
            case core::setting_kind::seconds:
                value = each.get(changed) == number(each.max) ? each.min : each.max;
                break;
            case core::setting_kind::choice:
                value = std::string(each.choices.back());
                break;
            case core::setting_kind::choices:
                value = std::vector<std::string>(each.choices.begin(), each.choices.end());
                break;
            case core::setting_kind::text:
                value = std::string("changed");
                break;
            case core::setting_kind::list:
                value = std::vector<std::string>{"a", "b"};
                break;
            case core::setting_kind::boolean:
                value = !std::get<bool>(each.get(changed));
                break;
            case core::setting_kind::listeners:
                value = std::vector<core::listener_settings>(2);
                break;
            case core::setting_kind::origins:
                value = std::vector<core::origin_settings>(1);
                break;
            }
            BOOST_TEST((each.get(changed) != value));
            each.set(changed, value);
            BOOST_TEST((each.get(changed) == value));
            for (const auto& other : core::settings()) {
                const bool same = other.get(changed) == other.get(core::config{});
                BOOST_TEST(same == (other.path != each.path), other.path);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(every_number_has_finite_limits_that_its_field_can_hold) {
    for (const auto& each : core::settings()) {
        if (each.kind == core::setting_kind::number || each.kind == core::setting_kind::seconds) {
            BOOST_TEST_CONTEXT(each.path) {
                BOOST_TEST(each.min >= 0);
                BOOST_TEST(each.min < each.max);
                BOOST_TEST(each.max <= std::numeric_limits<unsigned>::max());
                BOOST_TEST(core::check(each, number(each.min)) == "");
                BOOST_TEST(core::check(each, number(each.max)) == "");
                BOOST_TEST(core::check(each, number(each.min - 1)) != "");
                BOOST_TEST(core::check(each, number(each.max + 1)) != "");
                BOOST_TEST(core::check(each, text("1")) != "");
                BOOST_TEST(core::check(each, list({})) != "");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(values_are_judged_by_kind) {
    struct sample {
        std::string_view path;
        core::setting_value value;
        bool good;
    };
    const std::vector<sample> samples{
        {"log.level", text("debug"), true},
        {"log.level", text("DEBUG"), false},
        {"log.level", text(""), false},
        {"log.level", number(1), false},
        {"issuer.mode", text("auto"), true},
        {"issuer.mode", text("local"), true},
        {"issuer.mode", text("automatic"), false},
        {"tokens.leeway", number(60), true},
        {"tokens.leeway", number(61), false},
        {"listen", text("anything"), true}, // validate() checks its grammar
        {"listen", list({"a"}), false},
        {"media.root",
         text("/srv/m\xC3\xA9"
              "dia"),
         true},
        {"media.root", text("/srv/\xFF"), false},
        {"media.root", text("/srv/a\nb"), false},
        {"media.root", text(std::string("/srv\0", 5)), false},
        {"media.root",
         text("/srv/\xE2\x80\xAE"
              "gpj"),
         false},
        {"media.root", text(std::string(4096, 'a')), true},
        {"media.root", text(std::string(4097, 'a')), false},
        {"cors.allowed_origins", list({}), true},
        {"cors.allowed_origins", list({"https://a.example"}), true},
        {"cors.allowed_origins", list({"https://a.example", ""}), false},
        {"cors.allowed_origins", list({"a\tb"}), false},
        {"cors.allowed_origins", list(std::vector<std::string>(257, "x")), false},
        {"cors.allowed_origins", text("https://a.example"), false},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.path << " sample " << &each - samples.data()) {
            BOOST_TEST(core::check(row(each.path), each.value).empty() == each.good);
        }
    }
}

BOOST_AUTO_TEST_CASE(one_line_form) {
    struct sample {
        std::string_view path;
        std::string_view text;
        core::setting_value value;
    };
    const std::vector<sample> samples{
        {"threads", "4", number(4)},
        {"threads", "-1", number(-1)}, // parsed, then rejected by the range
        {"threads", "+4", text("+4")},
        {"threads", " 4", text(" 4")},
        {"threads", "4s", text("4s")},
        {"threads", "0x10", text("0x10")},
        {"threads", "4.0", text("4.0")},
        {"threads", "", text("")},
        {"threads", "99999999999999999999", text("99999999999999999999")},
        {"listen", "8", text("8")},
        {"cors.allowed_origins", "", list({})},
        {"cors.allowed_origins", "  ", list({})},
        {"cors.allowed_origins", "a", list({"a"})},
        {"cors.allowed_origins", "a, b ,c", list({"a", "b", "c"})},
        {"cors.allowed_origins", "a,", list({"a", ""})},
        {"cors.allowed_origins", ",a", list({"", "a"})},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.path << "=" << each.text) {
            BOOST_TEST((core::from_text(row(each.path), each.text) == each.value));
        }
    }
}

BOOST_AUTO_TEST_CASE(names) {
    BOOST_TEST(core::environment_name(row("listen")) == "SLUICE_LISTEN");
    BOOST_TEST(core::environment_name(row("media.layout.lesson")) == "SLUICE_MEDIA_LAYOUT_LESSON");
    BOOST_TEST(core::environment_name(row("limits.idle_timeout")) == "SLUICE_LIMITS_IDLE_TIMEOUT");
    BOOST_TEST(core::is_section("media"));
    BOOST_TEST(core::is_section("media.layout"));
    BOOST_TEST(!core::is_section("medi"));
    BOOST_TEST(!core::is_section("media.layout.lesson"));
    BOOST_TEST(core::find_setting("Listen") == nullptr);
    BOOST_TEST(core::find_setting("") == nullptr);
    BOOST_TEST(core::allowed_values(row("log.level")) == "debug, info, warning or error");
    BOOST_TEST(core::allowed_values(row("tokens.leeway")) == "0 to 60 seconds");
}

BOOST_AUTO_TEST_CASE(the_documentation_has_a_row_for_each_setting_with_its_default) {
    const auto page =
        sluice::test::content_of(std::string(SLUICE_TEST_DATA) + "/../docs/configuration.md");
    std::istringstream table(core::settings_table());
    std::size_t rows = 0;
    for (std::string line; std::getline(table, line); ++rows) {
        BOOST_TEST(page.find(line + "\n") != std::string::npos,
                   "docs/configuration.md lacks: " << line);
    }
    BOOST_TEST(rows == core::settings().size() + 2); // and two lines of table head
    std::istringstream fields(core::listener_table() + core::origin_table());
    for (std::string line; std::getline(fields, line);) {
        BOOST_TEST(page.find(line + "\n") != std::string::npos,
                   "docs/configuration.md lacks: " << line);
    }
}

BOOST_AUTO_TEST_SUITE_END()
