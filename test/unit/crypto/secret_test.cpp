#include "crypto/secret.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <concepts>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

namespace crypto = sluice::crypto;

BOOST_AUTO_TEST_SUITE(secret)

template <class T>
concept printable = requires(std::ostream& out, const T& value) {
    out << value;
};

static_assert(!std::is_copy_constructible_v<crypto::secret>);
static_assert(!std::is_copy_assignable_v<crypto::secret>);
static_assert(std::is_nothrow_move_constructible_v<crypto::secret>);
static_assert(std::is_nothrow_move_assignable_v<crypto::secret>);
static_assert(!std::equality_comparable<crypto::secret>);
static_assert(!printable<crypto::secret>);
static_assert(!std::convertible_to<crypto::secret, std::string_view>);
static_assert(!std::convertible_to<std::string_view, crypto::secret>);

BOOST_AUTO_TEST_CASE(holds_its_bytes) {
    const crypto::secret key(std::string_view("a\0b", 3));
    BOOST_TEST(key.size() == 3U);
    BOOST_TEST(key.reveal() == std::string_view("a\0b", 3));
}

BOOST_AUTO_TEST_CASE(moving_leaves_nothing_behind) {
    for (const std::string& bytes : {std::string("short"), std::string(100, 'x')}) {
        BOOST_TEST_CONTEXT(bytes) {
            crypto::secret first(bytes);
            crypto::secret second(std::move(first));
            BOOST_TEST(second.reveal() == bytes);
            BOOST_TEST(first.size() == 0U); // NOLINT(bugprone-use-after-move): the point of it

            crypto::secret third(std::string_view("overwritten"));
            third = std::move(second);
            BOOST_TEST(third.reveal() == bytes);
            BOOST_TEST(second.size() == 0U); // NOLINT(bugprone-use-after-move)
        }
    }
}

BOOST_AUTO_TEST_CASE(wipe_overwrites) {
    std::array<char, 5> bytes{'a', 'b', 'c', 'd', 'e'};
    crypto::wipe(bytes.data(), 4);
    BOOST_TEST((bytes == std::array<char, 5>{0, 0, 0, 0, 'e'}));
}

BOOST_AUTO_TEST_SUITE_END()
