#include "core/config/config_print.hpp"
#include "core/config/config_source.hpp"
#include "test/support/problems.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace core = sluice::core;
using sluice::test::has;
using sluice::test::joined;

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

/// A configuration file in its own directory, which the destructor removes.
class config_text {
  public:
    explicit config_text(std::string_view text)
        : folder_(std::filesystem::temp_directory_path() /
                  ("sluice-config-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(folder_);
        std::ofstream(path()) << text;
    }
    config_text(const config_text&) = delete;
    config_text& operator=(const config_text&) = delete;
    ~config_text() { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string path() const { return (folder_ / "sluice.json").string(); }

  private:
    std::filesystem::path folder_;
};

core::loaded_config load_text(std::string_view text, const pairs& environment = {},
                              const std::vector<core::flag_setting>& flags = {}) {
    const config_text file(text);
    auto loaded = core::load_config({file.path(), environment, flags}, core::config_use::tool);
    for (auto& problem :
         loaded.problems) { // "sluice.json: ...", whatever the directory of the test
        if (problem.where.starts_with(file.path())) {
            problem.where = "sluice.json" + problem.where.substr(file.path().size());
        }
    }
    return loaded;
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_source)

BOOST_AUTO_TEST_CASE(nothing_given_is_the_defaults) {
    const auto loaded = core::load_config({}, core::config_use::tool);
    BOOST_TEST(joined(loaded.problems) == "");
    BOOST_TEST(core::to_json(loaded.settings) == core::to_json(core::config{}));
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_passed_over) {
    const auto loaded = load_text("\xEF\xBB\xBF{\"listen\": \"[::1]:9000\"}\r\n");
    BOOST_TEST(joined(loaded.problems) == "");
    BOOST_TEST(loaded.settings.listen == "[::1]:9000");
    BOOST_TEST(joined(load_text("\xEF\xBB\xBF{\n  \"listen\": 7,,\n}").problems).find("line 2") !=
               std::string::npos);
    const std::string wide("\xFF\xFE{\0}\0", 6);
    BOOST_TEST(joined(load_text(wide).problems).find("UTF-16; save it as UTF-8") !=
               std::string::npos);
    for (const std::string_view text :
         {"{}\xEF\xBB\xBF", "\xEF\xBB\xBF\xEF\xBB\xBF{}", "\xEF\xBB\xBF"}) {
        BOOST_TEST(load_text(std::string(text)).problems.size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_file_with_comments_and_trailing_commas) {
    const auto loaded = load_text(R"({
        // where
        "listen": "[::1]:9000",
        "media": {"root": "/srv", "layout": {"course": "courses/{course_id}/{filename}",},},
        /* how long */ "tokens": {"default_ttl": 60, "max_ttl": 600},
        "cors": {"allowed_origins": ["https://a.example", "https://b.example:8443"]},
        "log": {"level": "warning"}, "issuer": {"mode": "none"},
    })");
    BOOST_TEST(joined(loaded.problems) == "");
    BOOST_TEST(loaded.settings.listen == "[::1]:9000");
    BOOST_TEST(loaded.settings.media.root == "/srv");
    BOOST_TEST(loaded.settings.media.layout_course == "courses/{course_id}/{filename}");
    BOOST_TEST(loaded.settings.tokens.default_ttl.count() == 60);
    BOOST_TEST(loaded.settings.cors.allowed_origins.size() == 2U);
    BOOST_TEST((loaded.settings.log.level == core::log_level::warning));
    BOOST_TEST((loaded.settings.issuer.mode.has(core::issuer_mode::none)));
}

BOOST_AUTO_TEST_CASE(flags_win_over_environment_over_file) {
    const std::string file = R"({"threads": 1, "limits": {"connections": 1, "min_rate": 1}})";
    const pairs environment{{"SLUICE_LIMITS_CONNECTIONS", "2"}, {"SLUICE_LIMITS_MIN_RATE", "2"}};
    const auto loaded = load_text(file, environment, {{"--set", "limits.min_rate", "3"}});
    BOOST_TEST(joined(loaded.problems) == "");
    BOOST_TEST(loaded.settings.threads == 1U);
    BOOST_TEST(loaded.settings.limits.connections == 2U);
    BOOST_TEST(loaded.settings.limits.min_rate == 3U);
}

BOOST_AUTO_TEST_CASE(what_is_printed_reads_back_the_same) {
    core::config changed;
    changed.media.root = "/srv/\"quoted\" \\ m\xC3\xA9"
                         "dia";
    changed.cors.allowed_origins = {"https://a.example"};
    changed.limits.min_rate = 0;
    changed.log.level = core::log_level::error;
    const auto loaded = load_text(core::to_json(changed));
    BOOST_TEST(joined(loaded.problems) == "");
    BOOST_TEST(core::to_json(loaded.settings) == core::to_json(changed));
    BOOST_TEST(loaded.settings.media.root == changed.media.root);
}

BOOST_AUTO_TEST_CASE(file_problems) {
    struct sample {
        std::string_view text;
        std::string_view where;
        std::string_view what;
    };
    const std::vector<sample> samples{
        {"", "sluice.json", "line 1, column 1"},
        {"[]", "sluice.json", "one JSON object"},
        {"{} {}", "sluice.json", "after the end"},
        {"{\n  \"threads\": 01\n}", "sluice.json", "line 2, column 1"},
        {R"({"threads": 1, "threads": 2})", "sluice.json", "\"threads\" is given twice"},
        {R"({"threads": 1, "thr\u0065ads": 2})", "sluice.json", "\"threads\" is given twice"},
        {R"({"media": {"root": "a", "root": "b"}})", "sluice.json", "\"root\" is given twice"},
        {R"({"x":{"x":{"x":{"x":{"x":{"x":{"x":{"x":{"x":1}}}}}}}}})", "sluice.json", "deeper"},
        {R"({"threads": "4"})", "sluice.json: threads", "whole number"},
        {R"({"threads": 4.0})", "sluice.json: threads", "whole number"},
        {R"({"threads": 1e2})", "sluice.json: threads", "whole number"},
        {R"({"threads": null})", "sluice.json: threads", "whole number"},
        {R"({"threads": true})", "sluice.json: threads", "whole number"},
        {R"({"threads": {}})", "sluice.json: threads", "whole number"},
        {R"({"threads": 1025})", "sluice.json: threads", "0 to 1024"},
        {R"({"threads": 18446744073709551615})", "sluice.json: threads", "0 to 1024"},
        {R"({"threads": -1})", "sluice.json: threads", "0 to 1024"},
        {R"({"listen": 8080})", "sluice.json: listen", "must be a text"},
        {R"({"listen": ["127.0.0.1:80"]})", "sluice.json: listen", "must be a text"},
        {R"({"media": 5})", "sluice.json: media", "must be an object"},
        {R"({"media": {"layout": "x"}})", "sluice.json: media.layout", "must be an object"},
        {R"({"limits": {"idle_timout": 5}})", "sluice.json: limits.idle_timout",
         "did you mean limits.idle_timeout?"},
        {R"({"limit": {}})", "sluice.json: limit", "did you mean limits?"},
        {R"({"colour": 1})", "sluice.json: colour", "no such setting"},
        {R"({"limits.idle_timeout": 5})", "sluice.json: limits.idle_timeout", "nested objects"},
        {R"({"tokens": {"secret": "x"}})", "sluice.json: tokens.secret", "does not belong"},
        {R"({"cors": {"allowed_origins": "*"}})", "sluice.json: cors.allowed_origins", "list"},
        {R"({"cors": {"allowed_origins": [1]}})", "sluice.json: cors.allowed_origins", "list"},
        {R"({"cors": {"allowed_origins": [null, "*"]}})", "sluice.json: cors.allowed_origins",
         "list"},
        {"{\"a\\u001b[2J\": 1}", "sluice.json: a?[2J", "no such setting"},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.text) {
            const auto loaded = load_text(each.text);
            BOOST_TEST(has(loaded.problems, each.where, each.what), joined(loaded.problems));
            BOOST_TEST(core::to_json(loaded.settings) == core::to_json(core::config{}));
        }
    }
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read) {
    struct sample {
        std::string path;
        std::string_view what;
    };
    const config_text large(std::string(core::max_config_bytes + 1, ' '));
    for (const auto& each : {sample{"/nonexistent/sluice.json", "cannot be opened"},
                             sample{"/", "cannot be read"}, sample{large.path(), "larger than"}}) {
        BOOST_TEST_CONTEXT(each.path) {
            const auto loaded = core::load_config({each.path, {}, {}}, core::config_use::tool);
            BOOST_TEST(has(loaded.problems, each.path, each.what), joined(loaded.problems));
        }
    }
}

BOOST_AUTO_TEST_CASE(environment) {
    const pairs variables{{"PATH", "/bin"},
                          {"SLUICE_CONFIG", "elsewhere"},
                          {"SLUICE_SECRET", "0123456789012345678901234567890123456789"},
                          {"SLUICE_MEDIA_LAYOUT_LESSON",
                           "lessons/{trainer_id}/{course_id}/{module_id}/{lesson_id}/{filename}"},
                          {"SLUICE_CORS_ALLOWED_ORIGINS", "https://a.example, https://b.example"},
                          {"SLUICE_LIMITS_IDLE_TIMEOUT", "5"}};
    const auto loaded = core::load_config({"", variables, {}}, core::config_use::tool);
    BOOST_TEST(joined(loaded.problems) == "");
    BOOST_TEST(loaded.settings.media.layout_lesson == variables[3].second);
    BOOST_TEST(loaded.settings.cors.allowed_origins.size() == 2U);
    BOOST_TEST(loaded.settings.limits.idle_timeout.count() == 5);
    BOOST_TEST(core::to_json(loaded.settings).find("0123456789") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(all_problems_of_all_sources_at_once_and_no_value_repeated) {
    const auto loaded =
        load_text(R"({"threads": "hunter2", "tokens": {"secret": "hunter2"}})",
                  {{"SLUICE_TREADS", "hunter2"},
                   {"SLUICE_THREADS", "hunter2"},
                   {"SLUICE_SECRETS", "hunter2"}},
                  {{"--threads", "threads", "hunter2"},
                   {"--set limits.idle", "limits.idle", "hunter2"},
                   {"--set threads", "threads", "4"},
                   {"--listen", "listen", "hunter2"},
                   {"--set public_base_url", "public_base_url", "https://hunter2@a.example"},
                   {"--set cors.allowed_origins", "cors.allowed_origins", "hunter2"}});
    const auto& problems = loaded.problems;
    const auto text = joined(problems);
    BOOST_TEST(has(problems, "sluice.json: threads", "whole number"), text);
    BOOST_TEST(has(problems, "sluice.json: tokens.secret", "a secret does not belong"), text);
    BOOST_TEST(has(problems, "environment SLUICE_TREADS", "did you mean SLUICE_THREADS?"), text);
    BOOST_TEST(has(problems, "environment SLUICE_THREADS", "whole number"), text);
    BOOST_TEST(has(problems, "environment SLUICE_SECRETS", "a secret does not belong"), text);
    BOOST_TEST(has(problems, "--threads", "whole number"), text);
    BOOST_TEST(has(problems, "--set limits.idle", "no such setting"), text);
    BOOST_TEST(has(problems, "--set threads", "given twice"), text);
    BOOST_TEST(has(problems, "--listen", "an address and a port"), text);
    BOOST_TEST(has(problems, "--set public_base_url", "must be http"), text);
    BOOST_TEST(has(problems, "--set cors.allowed_origins", "entry 1"), text);
    BOOST_TEST(problems.size() == 11U, text);
    BOOST_TEST(text.find("hunter2") == std::string::npos, text);
}

BOOST_AUTO_TEST_SUITE_END()
