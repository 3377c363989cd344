#include "http/connection/sent_response.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <utility>

using namespace sluice::http;

namespace {

std::unique_ptr<sent_response> response_of(std::uint64_t bytes, bool is_first_flight) {
    auto one = std::make_unique<sent_response>();
    one->over.bytes = bytes;
    one->is_first_flight = is_first_flight;
    return one;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sent_responses)

BOOST_AUTO_TEST_CASE(the_header_is_no_part_of_the_body) {
    BOOST_TEST(body_part(0, 100) == 0U);
    BOOST_TEST(body_part(99, 100) == 0U);
    BOOST_TEST(body_part(101, 100) == 1U);
    BOOST_TEST(body_part(1100, 100) == 1000U);
}

BOOST_AUTO_TEST_CASE(oldest_first) {
    sent_queue queue;
    for (std::uint64_t bytes = 1; bytes <= 3; ++bytes) {
        queue.push(response_of(bytes, false));
    }
    BOOST_TEST(queue.pop()->over.bytes == 1U);
    BOOST_TEST(queue.pop()->over.bytes == 2U);
    queue.push(response_of(4, false));
    BOOST_TEST(queue.pop()->over.bytes == 3U);
    BOOST_TEST(queue.pop()->over.bytes == 4U);
    BOOST_TEST(queue.is_empty());
    queue.push(response_of(5, false));
    BOOST_TEST(queue.front().over.bytes == 5U);
}

BOOST_AUTO_TEST_CASE(an_arrival_proves_one_small_response) {
    sent_queue queue;
    BOOST_TEST(!queue.is_proved_by_arrival());
    queue.push(response_of(1000, true));
    BOOST_TEST(queue.is_proved_by_arrival());
    queue.push(response_of(1000, true));
    BOOST_TEST(!queue.is_proved_by_arrival());
    queue.pop().reset();
    BOOST_TEST(queue.is_proved_by_arrival());
    queue.pop().reset();
    queue.push(response_of(1'000'000, false));
    BOOST_TEST(!queue.is_proved_by_arrival());
}

BOOST_AUTO_TEST_CASE(the_number_is_bounded) {
    sent_queue queue;
    for (std::size_t i = 1; i <= sent_queue::most; ++i) {
        BOOST_TEST(!queue.is_full());
        queue.push(response_of(1, false));
        BOOST_TEST(queue.is_due() == (i % sent_queue::asked_at == 0));
    }
    BOOST_TEST(queue.is_full());
    queue.pop().reset();
    BOOST_TEST(!queue.is_full());
}

BOOST_AUTO_TEST_SUITE_END()
