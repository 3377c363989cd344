#include "core/base/keyed_sequence.hpp"

#include <boost/test/unit_test.hpp>

#include <bit>
#include <cstdint>
#include <set>

namespace sluice::core {

BOOST_AUTO_TEST_SUITE(keyed_sequences)

BOOST_AUTO_TEST_CASE(numbers_do_not_tell_their_place) {
    keyed_sequence numbers;
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

BOOST_AUTO_TEST_CASE(the_key_is_the_sequence) {
    const crypto::siphash_key key{1, 2};
    keyed_sequence one(key);
    keyed_sequence same(key);
    keyed_sequence other({1, 3});
    keyed_sequence random;
    const auto first = one.next();
    BOOST_TEST(same.next() == first);
    BOOST_TEST(other.next() != first);
    BOOST_TEST(random.next() != first);
    BOOST_TEST(one.next() != first);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
