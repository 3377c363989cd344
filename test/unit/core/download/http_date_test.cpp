#include "core/download/http_date.hpp"

#include <boost/test/unit_test.hpp>

#include <ctime>
#include <limits>
#include <random>

namespace sluice::core {

namespace {

using namespace std::chrono;

constexpr std::int64_t first_second = -62'135'596'800; // 0001-01-01T00:00:00Z
constexpr std::int64_t last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::int64_t rfc_example = 784'111'777;      // RFC 9110 §5.6.7
constexpr sys_seconds now = sys_days{year{2026} / 6 / 15} + 12h;

struct row {
    std::int64_t instant;
    std::string_view text;
};

void check_parses(std::string_view text, std::int64_t wanted, sys_seconds at = now) {
    BOOST_TEST_CONTEXT(text) {
        const auto got = parse_http_date(text, at);
        BOOST_REQUIRE(got.has_value());
        BOOST_TEST(*got == wanted);
    }
}

std::int64_t midnight(int y, unsigned m, unsigned d) {
    return sys_seconds{sys_days{year{y} / month{m} / day{d}}}.time_since_epoch().count();
}

/// The C library's opinion, in the C locale that tests run in.
std::string c_format(const char* format, std::int64_t instant) {
    const std::time_t time = instant;
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(core_http_date)

BOOST_AUTO_TEST_CASE(formats_imf_fixdate) {
    const row rows[] = {
        {rfc_example, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
        {951'782'400, "Tue, 29 Feb 2000 00:00:00 GMT"},
        {4'107'542'400, "Mon, 01 Mar 2100 00:00:00 GMT"},
        {2'147'483'648, "Tue, 19 Jan 2038 03:14:08 GMT"},
        {first_second, "Mon, 01 Jan 0001 00:00:00 GMT"},
        {last_second, "Fri, 31 Dec 9999 23:59:59 GMT"},
    };
    for (const auto& [instant, text] : rows) {
        BOOST_TEST(format_http_date(instant) == text);
        http_date_text fixed{};
        format_http_date(instant, fixed);
        BOOST_TEST(std::string_view(fixed.data(), fixed.size()) == text);
        check_parses(text, instant);
    }
}

BOOST_AUTO_TEST_CASE(formats_what_lies_outside_four_digit_years_as_the_nearest_instant) {
    for (const auto instant : {first_second - 1, std::numeric_limits<std::int64_t>::min()}) {
        BOOST_TEST(format_http_date(instant) == "Mon, 01 Jan 0001 00:00:00 GMT");
    }
    for (const auto instant : {last_second + 1, std::numeric_limits<std::int64_t>::max()}) {
        BOOST_TEST(format_http_date(instant) == "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}

BOOST_AUTO_TEST_CASE(parses_the_three_forms) {
    for (const auto* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                             "Sun Nov  6 08:49:37 1994", "Sun Nov 06 08:49:37 1994"}) {
        check_parses(text, rfc_example);
    }
    check_parses("Wed Nov 16 08:49:37 1994", rfc_example + 10 * 86'400);
}

BOOST_AUTO_TEST_CASE(takes_any_weekday_of_the_right_kind) {
    check_parses("Mon, 06 Nov 1994 08:49:37 GMT", rfc_example);
    check_parses("Saturday, 06-Nov-94 08:49:37 GMT", rfc_example);
    check_parses("Tue Nov  6 08:49:37 1994", rfc_example);
}

BOOST_AUTO_TEST_CASE(takes_a_leap_second_for_the_second_after) {
    check_parses("Sat, 31 Dec 2016 23:59:60 GMT", midnight(2017, 1, 1));
    check_parses("Saturday, 31-Dec-16 23:59:60 GMT", midnight(2017, 1, 1));
    check_parses("Sat Dec 31 23:59:60 2016", midnight(2017, 1, 1));
    check_parses("Fri, 31 Dec 9999 23:59:60 GMT", last_second + 1);
}

BOOST_AUTO_TEST_CASE(refuses_everything_else) { // docs/security.md, threat 29
    for (const auto* text : {
             "",
             " ",
             "0",
             "784111777",
             "garbage",
             "Sun",
             "Sun, ",
             "\"Sun, 06 Nov 1994 08:49:37 GMT\"",
             // the grammar
             " Sun, 06 Nov 1994 08:49:37 GMT",
             "Sun, 06 Nov 1994 08:49:37 GMT ",
             "Sun, 06 Nov 1994 08:49:37 GMTx",
             "Sun, 06 Nov 1994 08:49:37",
             "Sun, 06 Nov 1994",
             "Sun,06 Nov 1994 08:49:37 GMT",
             "Sun, 6 Nov 1994 08:49:37 GMT",
             "Sun,  6 Nov 1994 08:49:37 GMT",
             "Sun, 06  Nov 1994 08:49:37 GMT",
             "Sun, 06-Nov-1994 08:49:37 GMT",
             "Sun, 06 Nov 94 08:49:37 GMT",
             "Sun, 06 Nov 19940 08:49:37 GMT",
             "Sun, 06 Nov 1994 8:49:37 GMT",
             "Sun, 06 Nov 1994 08:49 GMT",
             "Sun, 06 Nov 1994 08.49.37 GMT",
             "Sun, 06 Nov 1994 +8:49:37 GMT",
             "Sun, 06 Nov -994 08:49:37 GMT",
             "Sun, 06 Nov 1994 08:49:37.5 GMT",
             "06 Nov 1994 08:49:37 GMT",
             "Sunday, 06-Nov-1994 08:49:37 GMT",
             "Sunday, 06 Nov 94 08:49:37 GMT",
             "Sunday, 6-Nov-94 08:49:37 GMT",
             "Sun, 06-Nov-94 08:49:37 GMT",
             "Sunday, 06-Nov-94 08:49:37",
             "Sun Nov 6 08:49:37 1994",
             "Sun Nov   6 08:49:37 1994",
             "Sun Nov  06 08:49:37 1994",
             "Sun Nov  6 08:49:37 94",
             "Sun Nov  6 08:49:37 1994 GMT",
             "Sunday Nov  6 08:49:37 1994",
             "1994-11-06T08:49:37Z",
             // names and zones
             "sun, 06 Nov 1994 08:49:37 GMT",
             "SUN, 06 Nov 1994 08:49:37 GMT",
             "Xyz, 06 Nov 1994 08:49:37 GMT",
             "Sun, 06 nov 1994 08:49:37 GMT",
             "Sun, 06 NOV 1994 08:49:37 GMT",
             "Sun, 06 Nob 1994 08:49:37 GMT",
             "Sunday, 06 Nov 1994 08:49:37 GMT",
             "Dim, 06 Nov 1994 08:49:37 GMT",
             "Sun, 06 Nov 1994 08:49:37 gmt",
             "Sun, 06 Nov 1994 08:49:37 UTC",
             "Sun, 06 Nov 1994 08:49:37 +0000",
             "Sun, 06 Nov 1994 08:49:37 CET",
             // two values, joined
             "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
             // the calendar
             "Sun, 00 Nov 1994 08:49:37 GMT",
             "Sun, 31 Nov 1994 08:49:37 GMT",
             "Sun, 32 Dec 1994 08:49:37 GMT",
             "Tue, 29 Feb 1994 08:49:37 GMT",
             "Thu, 29 Feb 1900 08:49:37 GMT",
             "Sun Nov  0 08:49:37 1994",
             "Sat, 01 Jan 0000 00:00:00 GMT",
             "Sunday, 29-Feb-94 08:49:37 GMT",
             // the clock
             "Sun, 06 Nov 1994 24:00:00 GMT",
             "Sun, 06 Nov 1994 08:60:37 GMT",
             "Sun, 06 Nov 1994 08:49:60 GMT",
             "Sun, 06 Nov 1994 23:58:60 GMT",
             "Sun, 06 Nov 1994 22:59:60 GMT",
             "Sun, 06 Nov 1994 23:59:61 GMT",
             "Sun Nov  6 08:49:60 1994",
             "Sunday, 06-Nov-94 24:00:00 GMT",
         }) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!parse_http_date(text, now).has_value());
        }
    }
    constexpr std::string_view with_nul("Sun, 06 Nov 1994 08:49:37 GMT\0", 30);
    BOOST_TEST(!parse_http_date(with_nul, now).has_value());
}

BOOST_AUTO_TEST_CASE(refuses_every_prefix) {
    for (const std::string_view text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                                        "Sunday, 06-Nov-94 08:49:37 GMT"}) {
        for (std::size_t length = 0; length < text.size(); ++length) {
            BOOST_TEST(!parse_http_date(text.substr(0, length), now).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(dates_two_digit_years_within_fifty_years_ahead) {
    struct century_row {
        sys_seconds at;
        std::string_view text;
        std::int64_t wanted;
    };
    const sys_seconds noon = sys_days{year{2026} / 6 / 15} + 12h;
    const century_row rows[] = {
        {noon, "Monday, 01-Jan-26 00:00:00 GMT", midnight(2026, 1, 1)},
        {noon, "Monday, 01-Jan-00 00:00:00 GMT", midnight(2000, 1, 1)},
        {noon, "Monday, 01-Jan-99 00:00:00 GMT", midnight(1999, 1, 1)},
        {noon, "Monday, 01-Jan-76 00:00:00 GMT", midnight(2076, 1, 1)},
        {noon, "Monday, 01-Jan-77 00:00:00 GMT", midnight(1977, 1, 1)},
        {noon, "Monday, 15-Jun-76 12:00:00 GMT", midnight(2076, 6, 15) + 43'200},
        {noon, "Monday, 15-Jun-76 12:00:01 GMT", midnight(1976, 6, 15) + 43'201},
        {sys_days{year{2099} / 1 / 1}, "Monday, 01-Jan-05 00:00:00 GMT", midnight(2105, 1, 1)},
        {sys_days{year{1999} / 12 / 31}, "Monday, 01-Jan-00 00:00:00 GMT", midnight(2000, 1, 1)},
        {sys_days{year{2024} / 2 / 29}, "Monday, 01-Mar-74 00:00:00 GMT", midnight(2074, 3, 1)},
        {sys_days{year{2024} / 2 / 29}, "Monday, 02-Mar-74 00:00:00 GMT", midnight(1974, 3, 2)},
    };
    for (const auto& [at, text, wanted] : rows) {
        check_parses(text, wanted, at);
    }
}

BOOST_AUTO_TEST_CASE(agrees_with_the_c_library) {
    std::mt19937_64 random(1994);
    std::uniform_int_distribution<std::int64_t> any(midnight(1000, 1, 1), last_second);
    std::uniform_int_distribution<std::int64_t> near(midnight(1977, 1, 1), midnight(2076, 1, 1));
    for (int round = 0; round < 20'000; ++round) {
        const auto instant = any(random);
        const auto fixdate = c_format("%a, %d %b %Y %H:%M:%S GMT", instant);
        BOOST_TEST(format_http_date(instant) == fixdate);
        check_parses(fixdate, instant);
        check_parses(c_format("%a %b %e %H:%M:%S %Y", instant), instant);
        const auto recent = near(random);
        check_parses(c_format("%A, %d-%b-%y %H:%M:%S GMT", recent), recent);
    }
}

BOOST_AUTO_TEST_CASE(reads_damaged_dates_as_nothing_or_as_another_date) {
    std::mt19937 random(8);
    std::uniform_int_distribution<unsigned> byte(0, 255);
    for (int round = 0; round < 50'000; ++round) {
        std::string text = "Sun, 06 Nov 1994 08:49:37 GMT";
        text[byte(random) % text.size()] = static_cast<char>(byte(random));
        if (const auto instant = parse_http_date(text, now)) {
            BOOST_REQUIRE(format_http_date(*instant).substr(3) == text.substr(3));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
