// The scrape of the counters.
#include "http/telemetry/metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace sluice::http;
using namespace std::chrono_literals;

namespace {

std::string scrape(const std::vector<const counters*>& all) {
    std::string text;
    append_metrics(all, text);
    return text;
}

bool has_line(const std::string& text, const std::string& line) {
    return text.find("\n" + line + "\n") != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(histogram_finds_the_bucket_of_a_value) {
    using small = histogram<2, 2, 3>; // bounds 4, 16, 64
    struct row {
        std::uint64_t value;
        std::size_t bucket;
    };
    for (const auto& [value, bucket] : {row{0, 0},
                                        {1, 0},
                                        {4, 0},
                                        {5, 1},
                                        {16, 1},
                                        {17, 2},
                                        {64, 2},
                                        {65, 3},
                                        {~std::uint64_t{0}, 3}}) {
        BOOST_TEST_CONTEXT("value " << value) {
            BOOST_TEST(small::bucket_of(value) == bucket);
        }
    }
    BOOST_TEST(small::bound(0) == 4U);
    BOOST_TEST(small::bound(2) == 64U);
}

BOOST_AUTO_TEST_CASE(histogram_bounds_are_inclusive_for_every_bound) {
    for (std::size_t i = 0; i < latency_histogram::bounds; ++i) {
        BOOST_TEST(latency_histogram::bucket_of(latency_histogram::bound(i)) == i);
        BOOST_TEST(latency_histogram::bucket_of(latency_histogram::bound(i) + 1) == i + 1);
    }
}

BOOST_AUTO_TEST_CASE(workers_are_summed) {
    auto one = std::make_unique<counters>();
    auto two = std::make_unique<counters>();
    one->bytes_sent.add(40);
    two->bytes_sent.add(2);
    one->bytes_delivered.add(30);
    two->bytes_delivered.add(1);
    one->responses[static_cast<std::size_t>(route_label::download)][2].add();
    two->responses[static_cast<std::size_t>(route_label::download)][2].add(2);
    const auto text = scrape({one.get(), two.get()});
    BOOST_TEST(has_line(text, "sluice_sent_bytes_total 42"));
    BOOST_TEST(has_line(text, "sluice_bytes_delivered_total 31"));
    BOOST_TEST(has_line(text, R"(sluice_responses_total{route="download",status="2xx"} 3)"));
}

BOOST_AUTO_TEST_CASE(a_download_is_counted_in_its_histograms) {
    auto count = std::make_unique<counters>();
    count_response({.route = route_label::download,
                    .status = 206,
                    .bytes = 1'000'000,
                    .to_first_byte = 100us,
                    .to_end = 2s},
                   *count);
    const auto text = scrape({count.get()});
    BOOST_TEST(has_line(text, R"(sluice_first_byte_duration_seconds_bucket{le="0.000064"} 0)"));
    BOOST_TEST(has_line(text, R"(sluice_first_byte_duration_seconds_bucket{le="0.000128"} 1)"));
    BOOST_TEST(has_line(text, R"(sluice_first_byte_duration_seconds_bucket{le="+Inf"} 1)"));
    BOOST_TEST(has_line(text, "sluice_first_byte_duration_seconds_sum 0.0001"));
    BOOST_TEST(has_line(text, "sluice_transfer_duration_seconds_sum 2"));
    BOOST_TEST(has_line(text, "sluice_transfer_duration_seconds_count 1"));
    BOOST_TEST(has_line(text, R"(sluice_transfer_bytes_per_second_bucket{le="262144"} 0)"));
    BOOST_TEST(has_line(text, R"(sluice_transfer_bytes_per_second_bucket{le="1048576"} 1)"));
    BOOST_TEST(has_line(text, "sluice_transfer_bytes_per_second_sum 500000"));
}

BOOST_AUTO_TEST_CASE(other_responses_are_in_no_histogram) {
    auto count = std::make_unique<counters>();
    count_response({.route = route_label::download, .status = 404, .bytes = 300}, *count);
    count_response({.route = route_label::token, .status = 403, .bytes = 300}, *count);
    count_response({.route = route_label::health, .status = 200, .bytes = 300}, *count);
    BOOST_TEST(count->transfer_duration.sum() == 0U);
    const auto text = scrape({count.get()});
    BOOST_TEST(has_line(text, "sluice_transfer_duration_seconds_count 0"));
    BOOST_TEST(has_line(text, "sluice_mint_duration_seconds_count 0"));
    BOOST_TEST(has_line(text, "sluice_sent_bytes_total 900"));
}

BOOST_AUTO_TEST_CASE(a_small_download_says_nothing_about_throughput) {
    auto count = std::make_unique<counters>();
    count_response({.route = route_label::download,
                    .status = 200,
                    .bytes = least_measured_transfer - 1,
                    .to_end = 1us},
                   *count);
    BOOST_TEST(count->transfer_rate.sum() == 0U);
    count_response({.route = route_label::download,
                    .status = 200,
                    .bytes = least_measured_transfer,
                    .to_end = 1us}, // no division by zero
                   *count);
    BOOST_TEST(count->transfer_rate.sum() == least_measured_transfer * 1000);
}

BOOST_AUTO_TEST_CASE(transfers_active_are_those_that_wait_to_send) {
    auto count = std::make_unique<counters>();
    const auto in_state = [&](connection_state state) -> counter& {
        return count->connections[static_cast<std::size_t>(state)];
    };
    in_state(connection_state::writing).add(3);
    in_state(connection_state::throttled).add(2);
    in_state(connection_state::idle).add(7);
    const auto text = scrape({count.get()});
    BOOST_TEST(has_line(text, "sluice_transfers_active 5"));
    BOOST_TEST(has_line(text, R"(sluice_connections{state="idle"} 7)"));
    BOOST_TEST(has_line(text, R"(sluice_connections{state="throttled"} 2)"));
}

BOOST_AUTO_TEST_CASE(every_family_is_described_before_its_samples) {
    auto count = std::make_unique<counters>();
    const auto text = scrape({count.get()});
    std::string family;
    std::size_t samples = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        const auto line = text.substr(at, end - at);
        at = end + 1;
        if (line.starts_with("# TYPE ")) {
            family = line.substr(7, line.find(' ', 7) - 7);
        } else if (!line.starts_with('#')) {
            BOOST_TEST(line.starts_with(family), line << " is not of " << family);
            ++samples;
        }
    }
    BOOST_TEST(samples > 100U);
}

BOOST_AUTO_TEST_SUITE_END()
