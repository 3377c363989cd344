#include "app/commands/token_command.hpp"
#include "app/commands/token_inspect.hpp"
#include "core/token/key_file.hpp"
#include "crypto/base64url.hpp"
#include "test/support/text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>

namespace app = sluice::app;
namespace core = sluice::core;
namespace crypto = sluice::crypto;
using sluice::test::contains;
using std::chrono::seconds;

namespace {

using words = std::vector<std::string>;

const words lesson{"--type", "lesson", "--rel", "t/c/m/l", "--filename", "Video 1.mp4"};
const words course{"--type", "course", "--course-id", "c", "--filename", "p.mp4"};
const words other{"--type", "course", "--course-id", "d", "--filename", "p.mp4"};

constexpr std::chrono::sys_seconds noon{seconds(1'717'243'200)}; // 2024-06-01 12:00:00 UTC

words operator+(words left, const words& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

struct answer {
    int status = 0;
    std::string out;
    std::string err;
};

/// Settings and keys of a small site, and a command line run against them.
struct site {
    core::config settings;
    core::loaded_keys keys = std::move(
        *core::load_key_ring("", crypto::secret(std::string(crypto::min_key_bytes, 'k'))).keys);
    std::chrono::sys_seconds now = noon;

    [[nodiscard]] answer run(const words& arguments, const std::string& input = {}) const {
        const auto outcome = app::parse_command_line(arguments);
        BOOST_REQUIRE(std::holds_alternative<app::command_line>(outcome));
        const auto& line = std::get<app::command_line>(outcome);
        std::istringstream in(input);
        std::ostringstream out;
        std::ostringstream err;
        const app::terminal streams{in, out, err};
        const app::token_tools tools{settings, keys.ring, now};
        const int status =
            line.what == app::command::token_issue    ? issue_token(line, tools, streams)
            : line.what == app::command::token_verify ? verify_token(line, tools, streams)
                                                      : inspect_token(line, now, streams);
        return {status, out.str(), err.str()};
    }

    [[nodiscard]] std::string token(const words& media) const {
        auto text = run(words{"token", "issue", "--user", "u"} + media).out;
        BOOST_REQUIRE(text.ends_with('\n'));
        text.pop_back();
        return text;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(token_command)

BOOST_AUTO_TEST_CASE(what_is_issued_verifies) {
    const site here;
    for (const auto& media :
         {lesson, course,
          words{"--type", "module", "--course-id", "c", "--module-id", "m", "--filename", "p"}}) {
        BOOST_TEST_CONTEXT(media[1]) {
            const auto token = here.token(media);
            BOOST_TEST(std::ranges::count(token, '.') == 2);
            const auto any = here.run({"token", "verify", token});
            BOOST_TEST(any.status == 0, any.out);
            BOOST_TEST(contains(any.out, "accepted"));
            const auto bound = here.run(words{"token", "verify", token} + media);
            BOOST_TEST(bound.status == 0, bound.out);
            BOOST_TEST(contains(bound.out, "bound to this media"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_token_from_standard_input) {
    const site here;
    const auto token = here.token(course);
    BOOST_TEST(here.run({"token", "verify", "-"}, " " + token + "\r\n").status == 0);
    BOOST_TEST(here.run({"token", "verify", "-"}, "").status == 1);
    BOOST_TEST(contains(here.run({"token", "verify", "-"}, std::string(1'000'000, 'a')).out,
                        "[token_malformed]"));
}

BOOST_AUTO_TEST_CASE(refusals_name_the_check) {
    site here;
    const auto token = here.token(course);
    const auto refused = [&](const words& arguments, std::string_view name) {
        const auto result = here.run(arguments);
        BOOST_TEST(result.status == 1);
        BOOST_TEST(contains(result.out, "refused: "), result.out);
        BOOST_TEST(contains(result.out, name), result.out);
    };
    refused({"token", "verify", "abc"}, "[token_malformed]");
    refused(words{"token", "verify", token} + other, "[token_mismatch]");
    refused(words{"token", "verify", token} + lesson, "[token_mismatch]");
    here.now = noon + seconds(900);
    refused({"token", "verify", token}, "[token_expired");
    here.now = noon - here.settings.tokens.leeway - seconds(1);
    refused({"token", "verify", token}, "[token_not_yet_valid");
    here.now = noon - here.settings.tokens.leeway;
    BOOST_TEST(here.run({"token", "verify", token}).status == 0);
    here.now = noon;
    here.settings.tokens.audience = "elsewhere";
    refused({"token", "verify", token}, "[token_claims");
    site stranger;
    stranger.keys = std::move(
        *core::load_key_ring("", crypto::secret(std::string(crypto::min_key_bytes, 'x'))).keys);
    BOOST_TEST(contains(stranger.run({"token", "verify", token}).out, "[token_signature]"));
}

BOOST_AUTO_TEST_CASE(the_json_of_the_endpoint) {
    site here;
    here.settings.public_base_url = "https://a.example/media";
    const auto result =
        here.run(words{"token", "issue", "--user", "u", "--json", "--ttl", "60"} + lesson);
    BOOST_TEST(result.status == 0);
    const auto answer = boost::json::parse(result.out);
    BOOST_TEST(answer.as_object().size() == 3U);
    BOOST_TEST(answer.at("expires_in").as_int64() == 60);
    BOOST_TEST(answer.at("download_url").as_string() ==
               "https://a.example/media/download2/t/c/m/l/Video%201.mp4");
    const std::string token(answer.at("token").as_string());
    BOOST_TEST(here.run(words{"token", "verify", token} + lesson).status == 0);

    here.settings.public_base_url = "";
    const auto relative = here.run(words{"token", "issue", "--user", "u", "--json"} + course);
    BOOST_TEST(contains(relative.out, "\"download_url\": \"/download2/course/c/p.mp4\""));
    const auto module =
        here.run({"token", "issue", "--user", "u", "--json", "--type", "module", "--course-id", "c",
                  "--module-id", "m+1", "--filename", "\xC3\xA9.mp4"});
    BOOST_TEST(contains(module.out, "\"/download2/module/c/m%2B1/%C3%A9.mp4\""), module.out);
}

BOOST_AUTO_TEST_CASE(a_long_ttl_is_clamped_and_said_to_be) {
    const site here;
    const auto result =
        here.run(words{"token", "issue", "--user", "u", "--json", "--ttl", "9999999999"} + course);
    BOOST_TEST(result.status == 0);
    BOOST_TEST(contains(result.out, "\"expires_in\": 86400"));
    BOOST_TEST(contains(result.err, "86400 seconds"));
    const auto plain = here.run(words{"token", "issue", "--user", "u"} + course);
    BOOST_TEST(plain.err == "");
}

BOOST_AUTO_TEST_CASE(issuing_checks_what_the_endpoint_checks) {
    const site here;
    struct sample {
        words arguments;
        std::string_view message;
    };
    const words user{"--user", "u"};
    std::vector<sample> samples{
        {user, "--type is needed"},
        {user + words{"--type", "Lesson"}, "--type must be"},
        {course, "--user is needed"},
        {course + words{"--user", ".."}, "--user is not a valid"},
        {course + words{"--user="}, "--user is not a valid"},
        {course + words{"--user", "a/b"}, "--user is not a valid"},
        {user + words{"--type", "lesson", "--filename", "f"}, "--rel is needed"},
        {user + words{"--type", "course", "--filename", "f"}, "--course-id is needed"},
        {user + words{"--type", "module", "--course-id", "c", "--filename", "f"},
         "--module-id is needed"},
        {user + words{"--type", "course", "--course-id", "c"}, "--filename is needed"},
        {user + course + words{"--rel", "a/b/c/d"}, "--rel does not belong to --type course"},
        {user + course + words{"--module-id", "m"}, "--module-id does not belong"},
        {user + words{"--type", "lesson", "--rel", "../c/m/l", "--filename", "f"},
         "--rel is not valid"},
        {user + words{"--type", "course", "--course-id", "a/b", "--filename", "f"},
         "--course-id is not valid"},
        {user + words{"--type", "course", "--course-id", "c", "--filename", "a\nb"},
         "--filename is not valid"},
    };
    for (const std::string ttl :
         {"-1", "0", "900.5", "1e9", "0x10", "+900", " 900", "", "090", "9223372036854775807",
          "99999999999999999999"}) { // docs/security.md, threat 32
        samples.push_back({user + course + words{"--ttl=" + ttl}, "--ttl must be"});
    }
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT("sample " << &each - samples.data() << " " << each.message) {
            const auto result = here.run(words{"token", "issue"} + each.arguments);
            BOOST_TEST(result.status == 2);
            BOOST_TEST(result.out == "");
            BOOST_TEST(contains(result.err, each.message), result.err);
        }
    }
    const auto verify = here.run({"token", "verify", "x", "--rel", "a/b/c/d"});
    BOOST_TEST(verify.status == 2);
    BOOST_TEST(contains(verify.err, "--type is needed"));
}

BOOST_AUTO_TEST_SUITE_END()
