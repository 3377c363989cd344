#include "app/run_command.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <stdexcept>
#include <tuple>

namespace app = sluice::app;
namespace core = sluice::core;

namespace {

class stopped_clock final : public core::clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point wall() const noexcept override {
        return std::chrono::sys_seconds(std::chrono::seconds(1'717'243'200));
    }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const noexcept override {
        return {};
    }
};

/// A run of the command line: its arguments and environment, and the results.
struct process {
    app::invocation with;
    std::ostringstream out;
    std::ostringstream err;
    std::optional<core::config> served;
    bool served_ephemeral = false;

    explicit process(std::vector<std::string> arguments) { with.arguments = std::move(arguments); }

    process& secret(std::string_view bytes) {
        with.secret.emplace(bytes);
        return *this;
    }

    int run() {
        std::istringstream in;
        return app::run_command(std::move(with), {in, out, err}, stopped_clock{},
                                [this](const core::config& settings, const core::loaded_keys& keys,
                                       const app::reload_source&) {
                                    served = settings;
                                    served_ephemeral = keys.ephemeral;
                                    return 42;
                                });
    }
};

const std::string good_secret(32, 's');

} // namespace

BOOST_AUTO_TEST_SUITE(run_command)

BOOST_AUTO_TEST_CASE(serve_gets_settings_and_keys) {
    process sluice({"serve", "--media-root", "/srv", "--threads=3"});
    sluice.with.environment = {{"SLUICE_LISTEN", "[::1]:9000"}, {"SLUICE_THREADS", "2"}};
    BOOST_TEST(sluice.run() == 42);
    BOOST_REQUIRE(sluice.served.has_value());
    BOOST_TEST(sluice.served->media.root == "/srv");
    BOOST_TEST(sluice.served->listen == "[::1]:9000");
    BOOST_TEST(sluice.served->threads == 3U);
    BOOST_TEST(sluice.served_ephemeral);

    process keyed({"serve", "--media-root", "/srv"});
    BOOST_TEST(keyed.secret(good_secret).run() == 42);
    BOOST_TEST(!keyed.served_ephemeral);
}

BOOST_AUTO_TEST_CASE(serve_is_not_called_with_problems) {
    process sluice({"serve", "--threads", "many", "--key-file", "/nonexistent/keys"});
    BOOST_TEST(sluice.secret("short").run() == 1);
    BOOST_TEST(!sluice.served.has_value());
    const auto text = sluice.err.str();
    for (const std::string_view each :
         {"--threads: ", "media.root: ", "/nonexistent/keys: ", "environment SLUICE_SECRET: "}) {
        BOOST_TEST(text.find(each) != std::string::npos, text);
    }
    BOOST_TEST(text.find("short") == std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(the_config_file_comes_from_the_flag_or_else_the_environment) {
    process flag({"config", "print", "--config", "/nonexistent/flag"});
    flag.with.environment = {{"SLUICE_CONFIG", "/nonexistent/variable"}};
    BOOST_TEST(flag.run() == 1);
    BOOST_TEST(flag.err.str().starts_with("/nonexistent/flag: cannot be opened"));
    process variable({"config", "print"});
    variable.with.environment = {{"SLUICE_CONFIG", "/nonexistent/variable"}};
    BOOST_TEST(variable.run() == 1);
    BOOST_TEST(variable.err.str().starts_with("/nonexistent/variable: cannot be opened"));
}

BOOST_AUTO_TEST_CASE(token_commands_need_a_key) {
    const std::vector<std::string> issue{"token", "issue",      "--type", "course", "--course-id",
                                         "c",     "--filename", "f",      "--user", "u"};
    process keyless(issue);
    BOOST_TEST(keyless.run() == 1);
    BOOST_TEST(keyless.err.str().find("no signing key") != std::string::npos);
    BOOST_TEST(keyless.out.str() == "");

    process keyed(issue);
    BOOST_TEST(keyed.secret(good_secret).run() == 0);
    auto token = keyed.out.str();
    token.pop_back();
    process verify({"token", "verify", token});
    BOOST_TEST(verify.secret(good_secret).run() == 0);
    process inspect({"token", "inspect", token});
    BOOST_TEST(inspect.run() == 0);
    BOOST_TEST(inspect.out.str().find("2024-06-01 12:15:00 UTC") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(small_commands) {
    process version({"version"});
    BOOST_TEST(version.run() == 0);
    BOOST_TEST(version.out.str().starts_with("sluice "));
    process help({"help", "serve"});
    BOOST_TEST(help.run() == 0);
    BOOST_TEST(help.out.str().find("--media-root DIR") != std::string::npos);
    process lost({"help", "nothing"});
    BOOST_TEST(lost.run() == 2);
    BOOST_TEST(lost.out.str() == "");
    process check({"config", "check"});
    BOOST_TEST(check.run() == 1);
    BOOST_TEST(check.err.str().starts_with("media.root: "));
    process good({"config", "check", "--media-root=/srv"});
    BOOST_TEST(good.run() == 0);
    BOOST_TEST(good.out.str() == "ok\n");
    process print({"config", "print"});
    BOOST_TEST(print.secret(good_secret).run() == 0);
    BOOST_TEST(print.out.str().find(good_secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_bad_command_line_is_status_2) {
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {}, {"sevre"}, {"serve", "--nonsense"}, {"token", "issue", "--json=1"}}) {
        process sluice(arguments);
        BOOST_TEST(sluice.run() == 2);
        BOOST_TEST(sluice.out.str() == "");
        BOOST_TEST(sluice.err.str().starts_with("sluice: "));
        BOOST_TEST(sluice.err.str().find("sluice help") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(what_serving_throws_reaches_main) {
    app::invocation with;
    with.arguments = {"serve", "--media-root", "/srv"};
    std::istringstream in;
    std::ostringstream out;
    BOOST_CHECK_THROW(std::ignore =
                          app::run_command(std::move(with), {in, out, out}, stopped_clock{},
                                           [](const auto&, const auto&, const auto&) -> int {
                                               throw std::runtime_error("no such directory");
                                           }),
                      std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
