#include "core/text/put_text.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>

namespace core = sluice::core;

BOOST_AUTO_TEST_SUITE(put_text)

BOOST_AUTO_TEST_CASE(copies_every_length_and_nothing_else) {
    std::string text;
    for (std::size_t size = 0; size <= 40; ++size) {
        std::string to(size + 2, '#');
        BOOST_TEST(core::put_text(text, to.data() + 1) - to.data() ==
                   static_cast<std::ptrdiff_t>(1 + size));
        BOOST_TEST(to == "#" + text + "#");
        text += static_cast<char>('A' + size);
    }
    char unchanged = '#';
    BOOST_TEST(
        (core::put_text({}, &unchanged) == &unchanged)); // without the brackets, as C strings
    BOOST_TEST(unchanged == '#');
}

BOOST_AUTO_TEST_SUITE_END()
