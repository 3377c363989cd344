#include "app/cli/command_line.hpp"
#include "app/cli/help.hpp"
#include "core/config/config_settings.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using sluice::app::command;
using sluice::app::command_line;
using sluice::app::usage_error;
namespace app = sluice::app;

namespace {

using words = std::vector<std::string>;

command_line parsed(const words& arguments) {
    auto outcome = app::parse_command_line(arguments);
    if (const auto* const fault = std::get_if<usage_error>(&outcome)) {
        BOOST_FAIL(fault->message);
    }
    return std::get<command_line>(outcome);
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_line_parser)

BOOST_AUTO_TEST_CASE(commands) {
    BOOST_TEST((parsed({"serve"}).what == command::serve));
    BOOST_TEST((parsed({"token", "issue"}).what == command::token_issue));
    BOOST_TEST((parsed({"token", "inspect", "-"}).what == command::token_inspect));
    BOOST_TEST((parsed({"token", "verify", "abc"}).what == command::token_verify));
    BOOST_TEST((parsed({"config", "check"}).what == command::config_check));
    BOOST_TEST((parsed({"config", "print"}).what == command::config_print));
    BOOST_TEST((parsed({"version"}).what == command::version));
    BOOST_TEST((parsed({"--version"}).what == command::version));
    BOOST_TEST((parsed({"-V"}).what == command::version));
    BOOST_TEST((parsed({"help"}).what == command::help));
}

BOOST_AUTO_TEST_CASE(help_is_asked_for_in_many_ways) {
    struct sample {
        words arguments;
        words topic;
    };
    for (const auto& each : std::vector<sample>{{{"--help"}, {}},
                                                {{"-h"}, {}},
                                                {{"help", "serve"}, {"serve"}},
                                                {{"help", "token", "issue"}, {"token", "issue"}},
                                                {{"serve", "--help"}, {"serve"}},
                                                {{"serve", "--threads", "4", "-h"}, {"serve"}},
                                                {{"token", "issue", "--help"}, {"token", "issue"}},
                                                {{"token", "--help"}, {"token"}}}) {
        BOOST_TEST_CONTEXT(each.arguments.back()) {
            const auto line = parsed(each.arguments);
            BOOST_TEST((line.what == command::help));
            BOOST_TEST(line.operands == each.topic, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(settings_in_both_spellings) {
    const auto line =
        parsed({"serve", "--config", "c.json", "--listen=[::1]:80", "--media-root", "/srv",
                "--access-log", "-", "--set", "limits.connections=5", "--set=tokens.issuer=a=b",
                "--public-base-url", "", "--key-file=--odd"});
    BOOST_TEST(line.config_file == "c.json");
    struct sample {
        std::string flag, path, value;
    };
    const std::vector<sample> expected{
        {"--listen", "listen", "[::1]:80"},
        {"--media-root", "media.root", "/srv"},
        {"--access-log", "log.access", "-"},
        {"--set limits.connections", "limits.connections", "5"},
        {"--set tokens.issuer", "tokens.issuer", "a=b"},
        {"--public-base-url", "public_base_url", ""},
        {"--key-file", "tokens.key_file", "--odd"},
    };
    BOOST_REQUIRE(line.settings.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        BOOST_TEST(line.settings[i].flag == expected[i].flag);
        BOOST_TEST(line.settings[i].path == expected[i].path);
        BOOST_TEST(line.settings[i].value == expected[i].value);
    }
}

BOOST_AUTO_TEST_CASE(a_switch_that_gives_a_setting_its_value) {
    const auto line = parsed({"serve", "--dev", "--media-root", "/srv"});
    BOOST_REQUIRE(line.settings.size() == 2U);
    BOOST_TEST(line.settings[0].flag == "--dev");
    BOOST_TEST(line.settings[0].path == "issuer.mode");
    BOOST_TEST(line.settings[0].value == "local");
    BOOST_TEST(!line.has("--dev"));
}

BOOST_AUTO_TEST_CASE(options_and_operands) {
    const auto line = parsed({"token", "issue", "--type=course", "--ttl", "60", "--json"});
    BOOST_TEST(line.option("--type") == "course");
    BOOST_TEST(line.option("--ttl") == "60");
    BOOST_TEST(line.has("--json"));
    BOOST_TEST(!line.has("--user"));
    BOOST_TEST(line.option("--user") == "");

    BOOST_TEST(parsed({"token", "inspect", "-"}).operands == words{"-"},
               boost::test_tools::per_element());
    BOOST_TEST(parsed({"token", "inspect", "--", "--json"}).operands == words{"--json"},
               boost::test_tools::per_element());
    BOOST_TEST(parsed({"revoke", "token", "-wBhT8Nq"}).operands == words{"-wBhT8Nq"},
               boost::test_tools::per_element());
    const auto mixed = parsed({"token", "verify", "tok", "--type", "course", "--"});
    BOOST_TEST(mixed.operands == words{"tok"}, boost::test_tools::per_element());
    BOOST_TEST(mixed.option("--type") == "course");
}

BOOST_AUTO_TEST_CASE(mistakes_are_explained) {
    struct sample {
        words arguments;
        std::string_view message;
    };
    const std::vector<sample> samples{
        {{}, "no command given"},
        {{""}, "unknown command"},
        {{"sevre"}, "did you mean serve?"},
        {{"tokens"}, "did you mean token?"},
        {{"download"}, "unknown command: download"},
        {{"--threads", "4"}, "put the command before the flags"},
        {{"token"}, "token needs a second word: issue, inspect, verify or why"},
        {{"config"}, "config needs a second word: check or print"},
        {{"token", "isue"}, "did you mean issue?"},
        {{"serve", "--treads", "4"}, "has no flag --treads, did you mean --threads?"},
        {{"serve", "--treads=4"}, "did you mean --threads?"},
        {{"serve", "--nonsense"}, "sluice serve has no flag --nonsense"},
        {{"serve", "-p", "80"}, "has no flag -p"},
        {{"serve", "-x"}, "sluice serve has no flag -x"},
        {{"revoke", "token", "--wBhT8"}, "starts with a dash, put it after --"},
        {{"serve", "--type", "course"}, "has no flag --type"},
        {{"serve", "--secret", "x"}, "a secret is not accepted as a flag"},
        {{"serve", "--listen"}, "--listen needs a value: --listen HOST:PORT"},
        {{"serve", "--listen", "--threads", "4"}, "--listen needs a value"},
        {{"serve", "--threads", "1", "--threads", "2"}, "--threads is given twice"},
        {{"serve", "--config", "a", "--config=b"}, "--config is given twice"},
        {{"serve", "--set", "limits.connections"}, "--set needs PATH=VALUE"},
        {{"serve", "now"}, "takes no operands"},
        {{"serve", "--", "--threads"}, "takes no operands"},
        {{"token", "issue", "--json=yes"}, "--json takes no value"},
        {{"token", "issue", "--json", "--json"}, "--json is given twice"},
        {{"token", "inspect"}, "sluice token inspect needs TOKEN|-"},
        {{"token", "inspect", "a", "b"}, "takes fewer operands"},
        {{"help", "a", "b", "c"}, "takes fewer operands"},
        {{"version", "--json"}, "has no flag --json"},
        {{"--version", "now"}, "takes no operands"},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT((each.arguments.empty() ? "nothing" : each.arguments.front())
                           << " " << &each - samples.data()) {
            const auto outcome = app::parse_command_line(each.arguments);
            const auto* const fault = std::get_if<usage_error>(&outcome);
            BOOST_REQUIRE(fault != nullptr);
            BOOST_TEST(fault->message.find(each.message) != std::string::npos, fault->message);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_table_is_sound) {
    for (const auto& row : app::commands()) {
        BOOST_TEST_CONTEXT(row.name) {
            std::set<std::string_view> names;
            for (const auto group : row.flags) {
                for (const auto& flag : group) {
                    BOOST_TEST(names.insert(flag.name).second, flag.name);
                    BOOST_TEST((flag.setting.empty() || sluice::core::find_setting(flag.setting)));
                }
            }
            BOOST_TEST((&app::row_of(row.what) == &row));
            BOOST_TEST(row.example.find(row.name) != std::string_view::npos);
            const auto text = app::help_on_command(row);
            BOOST_TEST(text.find("\nExample:\n") != std::string::npos);
            for (const auto name : names) {
                BOOST_TEST(text.find(name) != std::string::npos);
            }
            BOOST_TEST(app::overview().find(row.name) != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(help_topics) {
    BOOST_TEST(app::help_on_topic({}) == app::overview());
    const words group{"token"};
    const auto tokens = app::help_on_topic(group);
    for (const std::string_view each : {"token issue", "token inspect", "token verify"}) {
        BOOST_TEST(tokens.find("Usage: sluice " + std::string(each)) != std::string::npos);
    }
    const words one{"token", "issue"};
    BOOST_TEST(app::help_on_topic(one) == app::help_on_command(app::row_of(command::token_issue)));
    const words none{"toke"};
    BOOST_TEST(app::help_on_topic(none) == "");
}

BOOST_AUTO_TEST_SUITE_END()
