#include "http/sending/file_cache.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice::http;
using namespace std::chrono_literals;

namespace {

const file_cache::time_point start{1000s};

cached_file_handle file() {
    return std::make_shared<const cached_file>();
}

} // namespace

BOOST_AUTO_TEST_SUITE(file_cache_suite)

BOOST_AUTO_TEST_CASE(an_entry_lives_for_its_lifetime_from_its_opening) {
    file_cache cache({.files = 2, .lifetime = 1s});
    const auto one = file();
    cache.insert("/a", one, start);
    BOOST_TEST((cache.find("/a", start + 999ms) == one));
    BOOST_TEST(!cache.find("/a", start + 1s));
    BOOST_TEST(!cache.find("/b", start));
}

BOOST_AUTO_TEST_CASE(expiry_lets_go_of_the_file) {
    file_cache cache({.files = 2, .lifetime = 1s});
    auto one = file();
    const std::weak_ptr<const cached_file> watch = one;
    cache.insert("/a", std::move(one), start);
    cache.expire(start + 1s);
    BOOST_TEST(watch.expired());
    BOOST_TEST(cache.size() == 0U);
}

BOOST_AUTO_TEST_CASE(one_entry_can_be_forgotten) {
    file_cache cache({.files = 2, .lifetime = 1s});
    cache.insert("/a", file(), start);
    cache.insert("/b", file(), start);
    cache.forget("/a");
    cache.forget("/c");
    BOOST_TEST(!cache.find("/a", start));
    BOOST_TEST((cache.find("/b", start) != nullptr));
}

BOOST_AUTO_TEST_CASE(it_never_holds_more_than_it_may) {
    file_cache cache({.files = 2, .lifetime = 1s});
    for (int i = 0; i < 5; ++i) {
        cache.insert("/" + std::to_string(i), file(), start);
    }
    BOOST_TEST(cache.size() == 2U);
    cache.insert("/late", file(), start + 1s);
    BOOST_TEST(cache.size() == 1U);
    file_cache none({.files = 0, .lifetime = 1s});
    none.insert("/a", file(), start);
    BOOST_TEST(!none.find("/a", start));
}

BOOST_AUTO_TEST_SUITE_END()
