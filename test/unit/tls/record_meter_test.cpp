#include "tls/record_meter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>

using sluice::tls::record_meter;
using verdict = record_meter::verdict;

BOOST_TEST_DONT_PRINT_LOG_VALUE(verdict)

namespace {

std::string record(std::size_t length) {
    std::string made("\x17\x03\x03", 3);
    made += static_cast<char>(length >> 8U);
    made += static_cast<char>(length & 0xffU);
    return made + std::string(length, 'x');
}

// Takes `bytes`, in steps of `at_once`, as long as the meter allows; returns the number taken.
std::size_t feed(record_meter& meter, const std::string& bytes, std::size_t at_once = 100000) {
    std::size_t taken = 0;
    while (taken < bytes.size() && meter.judge() == verdict::pass) {
        const auto count = meter.may_take(std::min(at_once, bytes.size() - taken));
        BOOST_REQUIRE(count > 0U);
        meter.took({bytes.data() + taken, count});
        taken += count;
    }
    return taken;
}

std::string records(unsigned count, std::size_t length) {
    std::string all;
    for (unsigned i = 0; i < count; ++i) {
        all += record(length);
    }
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(record_meter_suite)

BOOST_AUTO_TEST_CASE(a_turn_ends_between_two_records_however_they_are_cut) {
    for (const std::size_t length : {0U, 1U, 22U, 300U, 16640U}) {
        for (const std::size_t at_once : {1U, 3U, 5U, 7U, 100000U}) {
            record_meter meter;
            meter.begin_turn();
            const auto most = records(record_meter::records_per_turn, length);
            BOOST_TEST(feed(meter, most + record(length), at_once) == most.size());
            BOOST_TEST(meter.judge() == verdict::yield);
            meter.begin_turn();
            BOOST_TEST(feed(meter, record(length), at_once) == record(length).size());
        }
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_beyond_the_header_and_beyond_the_record) {
    record_meter meter;
    BOOST_TEST(meter.may_take(1000) == 5U);
    meter.took(std::string_view("\x16\x03", 2));
    BOOST_TEST(meter.may_take(1000) == 3U);
    meter.took(std::string_view("\x01\x01\x02", 3));
    BOOST_TEST(meter.may_take(1000) == 258U);
    BOOST_TEST(meter.may_take(7) == 7U);
}

BOOST_AUTO_TEST_CASE(a_handshake_has_a_number_of_records_in_all) {
    record_meter meter;
    unsigned taken = 0;
    for (; meter.judge() != verdict::close && taken < 1000; ++taken) {
        meter.begin_turn();
        feed(meter, record(1));
    }
    BOOST_TEST(taken == record_meter::records_per_handshake);
    meter.begin_turn();
    BOOST_TEST(meter.judge() == verdict::close);
}

BOOST_AUTO_TEST_CASE(after_it_records_without_data_are_few) {
    record_meter meter;
    feed(meter, record(10));
    meter.established();
    unsigned taken = 0;
    for (; meter.judge() != verdict::close && taken < 1000; ++taken) {
        meter.begin_turn();
        feed(meter, record(22));
    }
    BOOST_TEST(taken == record_meter::spare_records);
}

BOOST_AUTO_TEST_CASE(data_pays_for_its_record_and_one_more) {
    record_meter meter;
    meter.established();
    const auto spend = [&](unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            meter.begin_turn();
            BOOST_REQUIRE(feed(meter, record(22)) > 0U);
        }
    };
    for (int i = 0; i < 1000; ++i) { // a key update with each request
        spend(2);
        meter.delivered();
    }
    spend(record_meter::spare_records - 1);
    meter.delivered(); // 3 left
    meter.delivered(); // the rest of the same record earns nothing
    spend(3);
    BOOST_TEST(meter.judge() == verdict::close);
}

BOOST_AUTO_TEST_CASE(data_saves_nothing_for_later) {
    record_meter meter;
    meter.established();
    for (int i = 0; i < 1000; ++i) {
        meter.begin_turn();
        feed(meter, record(100));
        meter.delivered();
    }
    unsigned taken = 0;
    for (; meter.judge() != verdict::close && taken < 2000; ++taken) {
        meter.begin_turn();
        feed(meter, record(22));
    }
    BOOST_TEST(taken == record_meter::spare_records);
}

BOOST_AUTO_TEST_SUITE_END()
