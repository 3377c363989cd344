#include "app/status/reload_history.hpp"

#include <boost/test/unit_test.hpp>

namespace app = sluice::app;

BOOST_AUTO_TEST_SUITE(reload_history)

BOOST_AUTO_TEST_CASE(the_newest_come_first_and_the_oldest_are_dropped) {
    app::reload_history kept;
    for (int i = 0; i < 25; ++i) {
        kept.note({.at = {}, .what = "keys", .is_done = true, .detail = std::to_string(i)});
    }
    const auto all = kept.list();
    BOOST_TEST(all.size() == app::reload_history::most);
    BOOST_TEST(all.front().detail == "24");
    BOOST_TEST(all.back().detail == "5");
}

BOOST_AUTO_TEST_CASE(a_long_detail_is_cut_between_two_characters) {
    app::reload_history kept;
    std::string text = "x";
    while (text.size() < 1000) {
        text += "é";
    }
    kept.note({.at = {}, .what = "configuration", .is_done = false, .detail = text});
    const auto cut = kept.list().front().detail;
    BOOST_TEST(cut.size() <= app::reload_history::most_detail_bytes);
    BOOST_TEST(cut.ends_with("é..."));
}

BOOST_AUTO_TEST_SUITE_END()
