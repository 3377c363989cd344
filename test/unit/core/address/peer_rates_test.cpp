#include "core/address/peer_rates.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace core = sluice::core;
using namespace std::chrono_literals;

namespace {

core::ip_address ip(const std::string& text) {
    return *core::parse_ip_address(text);
}

struct counted {
    core::peer_rates rates;
    core::peer_rates::time_point now{100s};

    /// The number of events allowed out of `asked`.
    int allowed(const core::ip_address& peer, unsigned rate, int asked) {
        int good = 0;
        for (int i = 0; i < asked; ++i) {
            good += rates.take(peer, rate, now) ? 1 : 0;
        }
        return good;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(peer_rates)

BOOST_FIXTURE_TEST_CASE(so_many_at_once_and_in_a_second, counted) {
    const auto peer = ip("192.0.2.1");
    BOOST_TEST(!rates.is_over(peer, 10, now));
    BOOST_TEST(allowed(peer, 10, 50) == 10);
    BOOST_TEST(rates.is_over(peer, 10, now));
    now += 99ms;
    BOOST_TEST(rates.is_over(peer, 10, now));
    BOOST_TEST(allowed(peer, 10, 1) == 0);
    now += 1ms;
    BOOST_TEST(!rates.is_over(peer, 10, now));
    BOOST_TEST(allowed(peer, 10, 5) == 1);
    now += 1h; // a long pause earns no more than one second does
    BOOST_TEST(!rates.is_over(peer, 10, now));
    BOOST_TEST(allowed(peer, 10, 50) == 10);
    BOOST_TEST(allowed(ip("192.0.2.9"), 1, 3) == 1);
}

BOOST_FIXTURE_TEST_CASE(each_peer_has_its_own, counted) {
    BOOST_TEST(allowed(ip("192.0.2.1"), 3, 9) == 3);
    BOOST_TEST(allowed(ip("192.0.2.2"), 3, 9) == 3);
    BOOST_TEST(!rates.is_over(ip("192.0.2.3"), 3, now));
    BOOST_TEST(allowed(ip("2001:db8::1"), 3, 9) == 3);
    BOOST_TEST(rates.is_over(ip("2001:db8::ffff:2"), 3, now)); // the same /64
    BOOST_TEST(!rates.is_over(ip("2001:db8:0:1::1"), 3, now));
}

BOOST_FIXTURE_TEST_CASE(a_crowd_of_peers_does_not_free_the_worst, counted) {
    const auto worst = ip("192.0.2.1");
    BOOST_TEST(allowed(worst, 5, 9) == 5);
    for (std::uint32_t i = 0; i < 4 * core::peer_rates::capacity; ++i) {
        const std::array<std::uint8_t, 4> bytes{10, static_cast<std::uint8_t>(i >> 16U),
                                                static_cast<std::uint8_t>(i >> 8U),
                                                static_cast<std::uint8_t>(i)};
        BOOST_REQUIRE(rates.take(core::from_ipv4(bytes), 5, now));
    }
    BOOST_TEST(rates.is_over(worst, 5, now));
}

BOOST_AUTO_TEST_SUITE_END()
