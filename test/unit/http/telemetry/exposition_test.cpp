#include "http/telemetry/exposition.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice::http;

BOOST_AUTO_TEST_SUITE(exposition_text)

BOOST_AUTO_TEST_CASE(decimal_points_are_put_where_they_belong) {
    struct row {
        fixed_point value;
        std::string_view text;
    };
    for (const auto& [value, text] : {row{{0, 0}, "0"},
                                      {{0, 6}, "0"},
                                      {{1, 6}, "0.000001"},
                                      {{64, 6}, "0.000064"},
                                      {{1'000'000, 6}, "1"},
                                      {{1'048'576, 6}, "1.048576"},
                                      {{1500, 3}, "1.5"},
                                      {{100, 0}, "100"},
                                      {{~std::uint64_t{0}, 0}, "18446744073709551615"}}) {
        std::string out;
        append_fixed(value, out);
        BOOST_TEST(out == text);
    }
}

BOOST_AUTO_TEST_CASE(labels_are_escaped) {
    std::string out;
    exposition writer(out);
    writer.family("f", "gauge", "Help.");
    writer.sample({{"a", "x\"y\\z\nw"}, {"b", "2"}}, 3);
    BOOST_TEST(out == "# HELP f Help.\n# TYPE f gauge\nf{a=\"x\\\"y\\\\z\\nw\",b=\"2\"} 3\n");
}

BOOST_AUTO_TEST_CASE(a_histogram_is_cumulative) {
    using small = histogram<2, 2, 2>; // bounds 4, 16
    small one;
    small two;
    one.observe(3);
    one.observe(10);
    two.observe(100);
    std::string out;
    exposition writer(out);
    writer.family("h", "histogram", "Help.");
    const small* all[] = {&one, &two}; // NOLINT(modernize-avoid-c-arrays)
    writer.histogram<small>(
        {{"k", "v"}}, 1, all, [](const small& h) -> auto& { return h; });
    BOOST_TEST(out == "# HELP h Help.\n# TYPE h histogram\n"
                      "h_bucket{k=\"v\",le=\"0.4\"} 1\nh_bucket{k=\"v\",le=\"1.6\"} 2\n"
                      "h_bucket{k=\"v\",le=\"+Inf\"} 3\nh_sum{k=\"v\"} 11.3\nh_count{k=\"v\"} 3\n");
}

BOOST_AUTO_TEST_SUITE_END()
