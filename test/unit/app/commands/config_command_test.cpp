#include "app/commands/config_command.hpp"
#include "core/config/config_listeners.hpp"
#include "core/config/config_print.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace app = sluice::app;
namespace core = sluice::core;

namespace {

struct streams {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    [[nodiscard]] app::terminal terminal() { return {in, out, err}; }
};

core::key_loading ephemeral() {
    return core::load_key_ring("", std::nullopt);
}

app::command_line print_line(bool markdown) {
    app::command_line line;
    line.what = app::command::config_print;
    if (markdown) {
        line.options.emplace("--markdown", "");
    }
    return line;
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_command)

BOOST_AUTO_TEST_CASE(check_says_ok_and_what_the_keys_mean) {
    streams to;
    BOOST_TEST(app::check_config({}, ephemeral(), to.terminal()) == 0);
    BOOST_TEST(to.out.str() == "ok\n");
    BOOST_TEST(to.err.str().starts_with("note: no key file"));

    streams quiet;
    const auto keys = core::load_key_ring("", sluice::crypto::secret(std::string(32, 'k')));
    BOOST_TEST(app::check_config({}, keys, quiet.terminal()) == 0);
    BOOST_TEST(quiet.err.str() == "");
}

BOOST_AUTO_TEST_CASE(check_reports_settings_and_keys_together) {
    streams to;
    const core::loaded_config loaded{{}, {{"--threads", "is bad"}, {"--listen", "is worse"}}};
    const auto keys = core::load_key_ring("", sluice::crypto::secret("short"));
    BOOST_TEST(app::check_config(loaded, keys, to.terminal()) == 1);
    BOOST_TEST(to.out.str() == "");
    BOOST_TEST(to.err.str() == "--threads: is bad\n--listen: is worse\n"
                               "environment SLUICE_SECRET: must have at least 32 bytes\n");
    streams only_keys;
    BOOST_TEST(app::check_config({}, keys, only_keys.terminal()) == 1);
}

BOOST_AUTO_TEST_CASE(print_shows_the_settings_in_force) {
    streams to;
    core::loaded_config loaded;
    loaded.settings.threads = 7;
    BOOST_TEST(app::print_config(print_line(false), loaded, to.terminal()) == 0);
    BOOST_TEST(to.out.str() == core::to_json(loaded.settings) + "\n");
    BOOST_TEST(to.out.str().find("  \"threads\": 7,\n") != std::string::npos);
    BOOST_TEST(to.err.str() == "");
}

BOOST_AUTO_TEST_CASE(print_reports_problems_instead) {
    streams to;
    const core::loaded_config loaded{{}, {{"--threads", "is bad"}}};
    BOOST_TEST(app::print_config(print_line(false), loaded, to.terminal()) == 1);
    BOOST_TEST(to.out.str() == "");
    BOOST_TEST(to.err.str() == "--threads: is bad\n");
    streams table;
    BOOST_TEST(app::print_config(print_line(true), loaded, table.terminal()) == 0);
    BOOST_TEST(table.out.str() == core::settings_table() + "\n" + core::listener_table());
}

BOOST_AUTO_TEST_SUITE_END()
