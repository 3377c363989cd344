#include "app/commands/token_inspect.hpp"
#include "crypto/base64url.hpp"
#include "test/support/text.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace app = sluice::app;
using sluice::crypto::base64url_encode;
using sluice::test::contains;
using std::chrono::seconds;

namespace {

constexpr std::chrono::sys_seconds noon{seconds(1'717'243'200)}; // 2024-06-01 12:00:00 UTC

struct answer {
    int status = 0;
    std::string out;
    std::string err;
};

answer inspect(const std::string& token) {
    app::command_line line;
    line.what = app::command::token_inspect;
    line.operands = {token};
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    const int status = app::inspect_token(line, noon, {in, out, err});
    return {status, out.str(), err.str()};
}

std::string token_of(std::string_view header, std::string_view claims) {
    return base64url_encode(header) + "." + base64url_encode(claims) + ".c2ln";
}

} // namespace

BOOST_AUTO_TEST_SUITE(token_inspect)

BOOST_AUTO_TEST_CASE(shows_everything_below_a_warning) {
    const auto result =
        inspect(token_of(R"({"alg":"HS256"})",
                         R"({"user_id":"u","iat":1717243140,"nbf":1717243200,"exp":1717340461})"));
    BOOST_TEST(result.status == 0, result.err);
    BOOST_TEST(result.out.starts_with("NOT VERIFIED"));
    BOOST_TEST(contains(result.out, "header {\n  \"alg\": \"HS256\"\n}\n"), result.out);
    BOOST_TEST(contains(result.out, "  \"user_id\": \"u\",\n"), result.out);
    BOOST_TEST(contains(result.out, "iat: 2024-06-01 11:59:00 UTC, 1 min ago\n"), result.out);
    BOOST_TEST(contains(result.out, "nbf: 2024-06-01 12:00:00 UTC, 0 s ago\n"), result.out);
    BOOST_TEST(contains(result.out, "exp: 2024-06-02 15:01:01 UTC, in 1 d 3 h: not expired\n"),
               result.out);
}

BOOST_AUTO_TEST_CASE(exp_itself_is_too_late) {
    BOOST_TEST(contains(inspect(token_of("{}", R"({"exp":1717243200})")).out, "EXPIRED"));
    BOOST_TEST(contains(inspect(token_of("{}", R"({"exp":1717243201})")).out, "in 1 s: not"));
}

BOOST_AUTO_TEST_CASE(times_that_are_none) {
    for (const std::string_view time : {"\"1717243200\"", "1e308", "-1", "null", "253402300800",
                                        "9223372036854775807", "18446744073709551615", "[]"}) {
        BOOST_TEST_CONTEXT(time) { // docs/security.md, threat 33
            const auto result = inspect(token_of("{}", "{\"exp\":" + std::string(time) + "}"));
            BOOST_TEST(result.status == 0);
            BOOST_TEST(contains(result.out, "exp: not a time\n"), result.out);
        }
    }
    BOOST_TEST(!contains(inspect(token_of("{}", "{}")).out, "exp:"));
}

BOOST_AUTO_TEST_CASE(a_token_does_not_drive_the_terminal) {
    const auto result = inspect(token_of("{\"kid\":\"\\u001b[2J\"}", "{\"a\":\"\xC2\x9B\" \"x\"}"));
    BOOST_TEST(result.status == 1); // the second object is not JSON
    const auto shown = inspect(token_of(R"({"kid":"\u001b[2J"})", "{\"\xE2\x80\xAE\":\"\xC2\x9B"
                                                                  "2J\",\"n\":\"\xC3\xA9\"}"));
    BOOST_TEST(shown.status == 0, shown.err);
    for (const std::string_view hostile : {"\x1b", "\xC2\x9B", "\xE2\x80\xAE"}) {
        BOOST_TEST(!contains(shown.out, hostile));
    }
    BOOST_TEST(contains(shown.out, "\"n\": \"\xC3\xA9\""), shown.out);
}

BOOST_AUTO_TEST_CASE(what_is_no_token) {
    const std::vector<std::string> samples{
        "",
        ".",
        "..",
        "abc",
        "e30.e30",                         // two parts
        "e30=.e30.x",                      // padding
        "e3A.e30.x",                       // no JSON in the first part
        base64url_encode("[]") + ".e30.x", // not an object
        base64url_encode(std::string(100, '[')) + ".e30.x",
        "e30." + std::string(5000, 'A') + ".x",
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.substr(0, 40)) {
            const auto result = inspect(each);
            BOOST_TEST(result.status == 1);
            BOOST_TEST(result.out == "");
            BOOST_TEST(contains(result.err, "not a token"));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
