#include "http/request/keyed_sequence.hpp"

#include <boost/test/unit_test.hpp>

#include <bit>
#include <cstdint>
#include <set>

namespace {

using sluice::http::keyed_sequence;
using sluice::http::siphash;

// The key 00 01 … 0f of the published vectors.
constexpr std::uint64_t k0 = 0x0706050403020100U;
constexpr std::uint64_t k1 = 0x0F0E0D0C0B0A0908U;

BOOST_AUTO_TEST_SUITE(keyed_sequence_)

BOOST_AUTO_TEST_CASE(is_siphash) {
    // openssl mac -macopt hexkey:000102…0f -macopt size:8 SIPHASH, of eight bytes each.
    BOOST_TEST(siphash(k0, k1, 0x0706050403020100U) == 0x93F5F5799A932462U); // 00 01 … 07
    BOOST_TEST(siphash(k0, k1, 0) == 0x39D3851CA07681A7U);
    BOOST_TEST(siphash(k1, k0, 0) != siphash(k0, k1, 0));
}

BOOST_AUTO_TEST_CASE(numbers_do_not_tell_their_place) {
    keyed_sequence numbers(k0, k1);
    std::set<std::uint64_t> seen;
    int changed = 0;
    std::uint64_t before = 0;
    constexpr int rounds = 10'000;
    for (int i = 0; i < rounds; ++i) {
        const auto number = numbers.next();
        seen.insert(number);
        changed += std::popcount(number ^ before);
        before = number;
    }
    BOOST_TEST(seen.size() == static_cast<std::size_t>(rounds));
    BOOST_TEST(changed / rounds >= 31); // half of the 64 bits, each time
    BOOST_TEST(changed / rounds <= 32);
}

BOOST_AUTO_TEST_CASE(another_key_is_another_sequence) {
    keyed_sequence one(k0, k1);
    keyed_sequence other(k0, k1 + 1);
    BOOST_TEST(one.next() != other.next());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
