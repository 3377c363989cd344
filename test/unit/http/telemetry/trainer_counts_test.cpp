#include "http/telemetry/trainer_counts.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;
using sluice::http::trainer_batch;
using sluice::http::trainer_counts;

namespace {

constexpr trainer_counts::time_point start{1h};

struct counted {
    explicit counted(std::size_t most) : all(most) {}

    void add(const std::string& trainer, std::uint64_t bytes) {
        batch.add(trainer, bytes);
        all.take(batch);
    }
    std::string text(trainer_counts::time_point now = start) {
        std::string out;
        all.append(now, out);
        return out;
    }
    bool has(std::string_view line, trainer_counts::time_point now = start) {
        return ("\n" + text(now)).find("\n" + std::string(line) + "\n") != std::string::npos;
    }

    trainer_batch batch;
    trainer_counts all;
};

} // namespace

BOOST_AUTO_TEST_SUITE(trainer_counts_suite)

BOOST_AUTO_TEST_CASE(a_batch_is_taken_once) {
    counted with(2);
    with.batch.add("anna", 10);
    with.batch.add("anna", 5);
    BOOST_TEST(!with.batch.is_empty());
    with.all.take(with.batch);
    BOOST_TEST(with.batch.is_empty());
    with.all.take(with.batch);
    BOOST_TEST(with.has("sluice_trainer_downloads_total{trainer=\"anna\"} 2"), with.text());
    BOOST_TEST(with.has("sluice_trainer_delivered_bytes_total{trainer=\"anna\"} 15"));
    BOOST_TEST(with.has("sluice_other_trainers_downloads_total 0"));
    with.add("anna", 1);
    BOOST_TEST(with.has("sluice_trainer_delivered_bytes_total{trainer=\"anna\"} 16"));
}

BOOST_AUTO_TEST_CASE(those_beyond_the_number_share_one_series) {
    counted with(2);
    for (const auto* const name : {"a", "b", "c", "d", "a"}) {
        with.add(name, 100);
    }
    BOOST_TEST(with.has("sluice_trainer_downloads_total{trainer=\"a\"} 2"), with.text());
    BOOST_TEST(with.has("sluice_trainer_downloads_total{trainer=\"b\"} 1"));
    BOOST_TEST(with.text().find("\"c\"") == std::string::npos);
    BOOST_TEST(with.has("sluice_other_trainers_downloads_total 2"));
    BOOST_TEST(with.has("sluice_other_trainers_delivered_bytes_total 200"));
}

BOOST_AUTO_TEST_CASE(the_larger_takes_the_series_of_the_smaller) {
    counted with(1);
    with.add("small", 100);
    with.add("large", 140); // not clearly more
    BOOST_TEST(with.has("sluice_trainer_downloads_total{trainer=\"small\"} 1"));
    BOOST_TEST(with.has("sluice_trainer_downloads_total{trainer=\"small\"} 1", start + 61s));
    with.add("large", 1000);
    BOOST_TEST(with.has("sluice_trainer_downloads_total{trainer=\"small\"} 1", start + 100s));
    // Its series starts at zero: what came before is counted among the others, once.
    BOOST_TEST(with.has("sluice_trainer_downloads_total{trainer=\"large\"} 0", start + 130s));
    BOOST_TEST(with.has("sluice_other_trainers_downloads_total 2", start + 130s));
    with.add("large", 1);
    with.add("small", 1);
    BOOST_TEST(with.has("sluice_trainer_downloads_total{trainer=\"large\"} 1", start + 130s));
    BOOST_TEST(with.has("sluice_other_trainers_downloads_total 3", start + 130s));
}

BOOST_AUTO_TEST_CASE(traffic_of_long_ago_counts_less) {
    counted with(1);
    with.add("old", 1'000'000);
    BOOST_TEST(with.has("sluice_trainer_downloads_total{trainer=\"old\"} 1"));
    (void)with.text(start + 24h);
    with.add("new", 1000);
    BOOST_TEST(with.has("sluice_trainer_downloads_total{trainer=\"new\"} 0", start + 25h),
               with.text(start + 25h));
}

BOOST_AUTO_TEST_CASE(memory_is_bounded) {
    counted with(3);
    for (std::size_t i = 0; i < trainer_batch::most + 10; ++i) {
        with.batch.add("t" + std::to_string(i), 1);
    }
    BOOST_TEST(with.batch.all().size() == trainer_batch::most);
    BOOST_TEST(with.batch.others().downloads == 10U);
    with.all.take(with.batch);
    BOOST_TEST(with.batch.all().empty());
    BOOST_TEST(with.has("sluice_other_trainers_downloads_total " +
                        std::to_string(trainer_batch::most + 10 - 3)));
    for (std::size_t i = 0; i < trainer_counts::most_known + 10; ++i) {
        with.add("u" + std::to_string(i), 0);
    }
    const auto total = trainer_batch::most + trainer_counts::most_known + 20 - 3;
    BOOST_TEST(with.has("sluice_other_trainers_downloads_total " + std::to_string(total)));
}

BOOST_AUTO_TEST_CASE(an_unknown_trainer_counts_among_the_others) {
    counted with(1);
    with.add("", 7);
    BOOST_TEST(with.has("sluice_other_trainers_delivered_bytes_total 7"));
    BOOST_TEST(with.text().find("trainer=") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_name_may_be_any_identifier) {
    counted with(1);
    with.add("a \"b\" \xC3\xA9", 1);
    BOOST_TEST(with.has("sluice_trainer_downloads_total{trainer=\"a \\\"b\\\" \xC3\xA9\"} 1"));
}

BOOST_AUTO_TEST_SUITE_END()
