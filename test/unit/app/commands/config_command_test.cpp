#include "app/commands/config_command.hpp"
#include "core/config/config_listeners.hpp"
#include "core/config/config_origins.hpp"
#include "core/config/config_print.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace app = sluice::app;
namespace core = sluice::core;

namespace {

struct streams {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    [[nodiscard]] app::terminal terminal() { return {in, out, err}; }
};

int check(const core::loaded_config& loaded, const core::key_loading& keys, streams& to) {
    app::command_line line;
    line.what = app::command::config_check;
    return app::check_config(line, {loaded, keys, std::chrono::sys_seconds{}}, to.terminal());
}

core::loaded_config on_any_port() {
    core::loaded_config loaded;
    loaded.settings.listen = "127.0.0.1:0";
    return loaded;
}

core::key_loading ephemeral() {
    return core::load_key_ring("", std::nullopt);
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_command)

BOOST_AUTO_TEST_CASE(check_says_ok_and_what_the_keys_mean) {
    streams to;
    BOOST_TEST(check(on_any_port(), ephemeral(), to) == 0);
    BOOST_TEST(to.out.str() == "ok\n");
    BOOST_TEST(to.err.str().starts_with("note: no key file"));

    streams quiet;
    const auto keys = core::load_key_ring("", sluice::crypto::secret(std::string(32, 'k')));
    auto decided = on_any_port();
    const sluice::test::temp_dir dir;
    dir.write_file("issuers.json", R"({"keys": [{"name": "lms",
        "digest": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}]})");
    std::filesystem::permissions(dir.path("issuers.json"), std::filesystem::perms::owner_read);
    decided.settings.issuer.keys_file = dir.path("issuers.json");
    BOOST_TEST(check(decided, keys, quiet) == 0);
    BOOST_TEST(quiet.err.str() == "");
}

BOOST_AUTO_TEST_CASE(check_says_who_may_mint_where_nobody_may_or_everybody) {
    const auto keys = core::load_key_ring("", sluice::crypto::secret(std::string(32, 'k')));
    const std::vector<std::pair<core::issuer_mode, std::string_view>> table{
        {core::issuer_mode::automatic, "note: no caller can get a token"},
        {core::issuer_mode::local, "note: issuer.mode is \"local\", which is for DEVELOPMENT"},
        {core::issuer_mode::none, "note: issuer.mode is \"none\""},
    };
    for (const auto& [mode, note] : table) {
        streams to;
        auto loaded = on_any_port();
        loaded.settings.issuer.mode = mode;
        BOOST_TEST(check(loaded, keys, to) == 0);
        BOOST_TEST(to.out.str() == "ok\n");
        BOOST_TEST(to.err.str().starts_with(note), to.err.str());
    }
}

BOOST_AUTO_TEST_CASE(check_reports_settings_and_keys_together) {
    streams to;
    const core::loaded_config loaded{{}, {{"--threads", "is bad"}, {"--listen", "is worse"}}};
    const auto keys = core::load_key_ring("", sluice::crypto::secret("short"));
    BOOST_TEST(check(loaded, keys, to) == 1);
    BOOST_TEST(to.out.str() == "");
    BOOST_TEST(to.err.str() == "--threads: is bad\n--listen: is worse\n"
                               "environment SLUICE_SECRET: must have at least 32 bytes\n");
    streams only_keys;
    BOOST_TEST(check(on_any_port(), keys, only_keys) == 1);
}

BOOST_AUTO_TEST_CASE(print_shows_the_settings_in_force) {
    streams to;
    core::loaded_config loaded;
    loaded.settings.threads = 7;
    BOOST_TEST(app::print_config({}, loaded, to.terminal()) == 0);
    BOOST_TEST(to.out.str() == core::to_json(loaded.settings) + "\n");
    BOOST_TEST(to.out.str().find("  \"threads\": 7,\n") != std::string::npos);
    BOOST_TEST(to.err.str() == "");
}

BOOST_AUTO_TEST_CASE(print_reports_problems_instead) {
    streams to;
    const core::loaded_config loaded{{}, {{"--threads", "is bad"}}};
    BOOST_TEST(app::print_config({}, loaded, to.terminal()) == 1);
    BOOST_TEST(to.out.str() == "");
    BOOST_TEST(to.err.str() == "--threads: is bad\n");
    streams table;
    BOOST_TEST(app::print_settings_table(table.terminal()) == 0);
    BOOST_TEST(table.out.str() == core::settings_table() + "\n" + core::listener_table() + "\n" +
                                      core::origin_table());
}

BOOST_AUTO_TEST_SUITE_END()
