#include "core/text/timestamp.hpp"

#include <boost/test/unit_test.hpp>

namespace core = sluice::core;

BOOST_AUTO_TEST_SUITE(timestamp)

BOOST_AUTO_TEST_CASE(what_operators_write) {
    struct sample {
        std::string_view text;
        std::optional<std::int64_t> seconds;
    };
    const sample samples[] = {
        {"0", 0},
        {"1767225600", 1767225600},
        {"2026-01-01", 1767225600},
        {"2026-01-01T00:00:00Z", 1767225600},
        {"2026-01-01T01:30:00+01:30", 1767225600},
        {"2025-12-31T22:00:00-02:00", 1767225600},
        {"2024-02-29T23:59:59Z", 1709251199},
        {"2026-02-29", {}},
        {"2026-13-01", {}},
        {"2026-1-1", {}},
        {"2026-01-01T24:00:00Z", {}},
        {"2026-01-01T00:00:60Z", {}},
        {"2026-01-01T00:00:00", {}}, // whose clock?
        {"2026-01-01T00:00:00Zx", {}},
        {"2026-01-01T00:00Z", {}},
        {"2026-01-01 00:00:00Z", {}},
        {"1969-12-31T23:59:59Z", {}},
        {"1970-01-01T00:00:00+01:00", {}},
        {"-1", {}},
        {"+1", {}},
        {"1e9", {}},
        {"9999999999999999", {}},
        {"", {}},
        {"tomorrow", {}},
    };
    for (const auto& each : samples) {
        BOOST_TEST_CONTEXT(each.text) {
            BOOST_TEST((core::parse_timestamp(each.text) == each.seconds));
        }
    }
}

BOOST_AUTO_TEST_CASE(there_and_back) {
    for (const std::int64_t seconds : {0LL, 1767225600LL, 1709251199LL, 253402300799LL,
                                       253402300800LL, 9007199254740992LL / 100}) {
        BOOST_TEST((core::parse_timestamp(core::format_timestamp(seconds)) == seconds));
    }
    BOOST_TEST(core::format_timestamp(1767225600) == "2026-01-01T00:00:00Z");
    std::string text(core::date_time_size, '?');
    const std::chrono::sys_seconds leap{std::chrono::seconds(1709251199)};
    BOOST_TEST(core::put_date_time(leap, ' ', text.data()) == text.data() + text.size());
    BOOST_TEST(text == "2024-02-29 23:59:59");
}

BOOST_AUTO_TEST_SUITE_END()
