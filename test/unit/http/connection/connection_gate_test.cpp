#include "http/connection/connection_gate.hpp"

#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <string>
#include <vector>

using namespace sluice;
using namespace sluice::http;

namespace {

core::ip_address at(const std::string& text) {
    return core::parse_ip_address(text).value();
}

connection_gate::settings limits(unsigned connections, unsigned per_peer) {
    return {.connections = connections,
            .per_peer = per_peer,
            .uncounted = {*core::parse_address_block("127.0.0.0/8")}};
}

/// The requested number of verdicts, with their places.
std::vector<connection_gate::verdict> admit(connection_gate& gate, const std::string& from,
                                            std::size_t times) {
    std::vector<connection_gate::verdict> all;
    for (std::size_t i = 0; i < times; ++i) {
        all.push_back(gate.admit(at(from)));
    }
    return all;
}

std::size_t count(const std::vector<connection_gate::verdict>& all, admission how) {
    std::size_t n = 0;
    for (const auto& one : all) {
        n += one.how == how ? 1 : 0;
    }
    return n;
}

} // namespace

BOOST_AUTO_TEST_SUITE(connection_gate_suite)

BOOST_AUTO_TEST_CASE(in_all_there_may_be_so_many_and_some_to_be_refused) {
    connection_gate gate(limits(4, 1000));
    const auto all = admit(gate, "192.0.2.1", 300);
    BOOST_TEST(count(all, admission::served) == 4U);
    BOOST_TEST(count(all, admission::no_room) == 256U);
    BOOST_TEST(count(all, admission::turned_away) == 40U);
    BOOST_TEST((all.back().limit == limit_label::connections));
    BOOST_TEST(gate.open() == 260U);
}

BOOST_AUTO_TEST_CASE(a_peer_is_forgotten_with_its_last_connection) {
    connection_gate gate(limits(10000, 3));
    const auto visit = [&gate](int from, int to) {
        for (int i = from; i < to; ++i) {
            const auto held = admit(
                gate,
                "2001:db8:" + std::to_string(i / 9000) + ":" + std::to_string(i % 9000) + "::1", 2);
        }
    };
    visit(0, 100);
    const auto before =
        ::mallinfo2().uordblks; // no effect under a sanitizer, which has its own allocator
    visit(100, 20000);
    BOOST_TEST(::mallinfo2().uordblks < before + 100'000); // a peer takes some fifty bytes
    BOOST_TEST(gate.open() == 0U);
}

BOOST_AUTO_TEST_CASE(one_peer_does_not_keep_another_out) {
    connection_gate gate(limits(1000, 3));
    const auto one = admit(gate, "192.0.2.1", 100);
    BOOST_TEST(count(one, admission::served) == 3U);
    BOOST_TEST(count(one, admission::peer_is_full) == 8U);
    BOOST_TEST(count(one, admission::dropped) == 89U);
    BOOST_TEST((one.back().limit == limit_label::connections_per_peer));
    BOOST_TEST((gate.admit(at("192.0.2.2")).how == admission::served));
}

BOOST_AUTO_TEST_CASE(a_64_is_one_peer) {
    connection_gate gate(limits(1000, 1));
    const auto first = gate.admit(at("2001:db8:0:1::1"));
    BOOST_TEST((first.how == admission::served));
    BOOST_TEST((gate.admit(at("2001:db8:0:1:ffff::2")).how == admission::peer_is_full));
    BOOST_TEST((gate.admit(at("2001:db8:0:2::1")).how == admission::served));
}

BOOST_AUTO_TEST_CASE(who_stands_for_many_is_counted_in_all_only) {
    connection_gate gate(limits(50, 2));
    auto all = admit(gate, "127.0.0.1", 40);
    BOOST_TEST(count(all, admission::served) == 40U);
    for (int i = 0; i < 10; ++i) {
        all.push_back(gate.admit(std::nullopt));
    }
    BOOST_TEST(count(all, admission::served) == 50U);
    BOOST_TEST((gate.admit(at("127.0.0.2")).how == admission::no_room));
}

BOOST_AUTO_TEST_CASE(places_are_given_back) {
    connection_gate gate(limits(1000, 2));
    for (int round = 0; round < 1000; ++round) {
        auto held = admit(gate, "192.0.2.1", 2);
        BOOST_REQUIRE(count(held, admission::served) == 2U);
        auto moved = std::move(held.back().place);
        held.pop_back();
        BOOST_REQUIRE(gate.open() == 2U);
    }
    BOOST_TEST(gate.open() == 0U);
}

BOOST_AUTO_TEST_CASE(settings_are_replaced_under_open_connections) {
    connection_gate gate(limits(10, 10));
    auto held = admit(gate, "192.0.2.1", 5);
    gate.renew(limits(10, 3));
    BOOST_TEST((gate.admit(at("192.0.2.1")).how == admission::peer_is_full));
    gate.renew({.connections = 10,
                .per_peer = 3,
                .uncounted = {*core::parse_address_block("192.0.2.0/24")}});
    BOOST_TEST((gate.admit(at("192.0.2.1")).how == admission::served));
    held.clear();
    BOOST_TEST(gate.open() == 0U);
}

BOOST_AUTO_TEST_CASE(pauses_are_limited_in_all_and_per_peer) {
    auto with = limits(100, 10);
    with.paused = 3;
    with.paused_per_peer = 2;
    connection_gate gate(with);
    const auto one = admit(gate, "192.0.2.1", 3);
    const auto other = admit(gate, "192.0.2.2", 2);
    const auto balancer = gate.admit(at("127.0.0.1"));
    const auto first = one[0].place.pause();
    {
        const auto second = one[1].place.pause();
        BOOST_TEST((first && second));
        BOOST_TEST(!one[2].place.pause()); // of one peer
        const auto third = other[0].place.pause();
        BOOST_TEST(static_cast<bool>(third));
        BOOST_TEST(!other[1].place.pause()); // in all
        BOOST_TEST(!balancer.place.pause());
    }
    const auto next = balancer.place.pause(); // uncounted peers have no share, only the whole
    const auto last = balancer.place.pause();
    BOOST_TEST((next && last));
    BOOST_TEST(!one[1].place.pause());
}

BOOST_AUTO_TEST_CASE(no_pause_without_a_place_or_with_a_limit_of_none) {
    connection_gate gate(limits(100, 10));
    const auto given = gate.admit(at("192.0.2.1"));
    BOOST_TEST(!given.place.pause());
    BOOST_TEST(!connection_gate::place().pause());
}

BOOST_AUTO_TEST_SUITE_END()
