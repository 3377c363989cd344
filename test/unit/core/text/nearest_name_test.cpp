#include "core/text/nearest_name.hpp"

#include <boost/test/unit_test.hpp>

namespace core = sluice::core;

BOOST_AUTO_TEST_SUITE(nearest_name)

BOOST_AUTO_TEST_CASE(edits_and_distance) {
    struct sample {
        std::string_view word;
        std::string_view nearest;
    };
    const std::vector<std::string_view> known{"serve",   "token", "config",
                                              "version", "help",  "limits.idle_timeout"};
    for (const auto& each : std::vector<sample>{{"serve", "serve"},
                                                {"sevre", "serve"},   // neighbours swapped
                                                {"sere", "serve"},    // one missing
                                                {"tokens", "token"},  // one too many
                                                {"confug", "config"}, // one wrong
                                                {"limits.idletimout", "limits.idle_timeout"},
                                                {"download", ""},
                                                {"", ""},
                                                {"x", ""}}) {
        BOOST_TEST_CONTEXT(each.word) {
            BOOST_TEST(core::nearest_name(each.word, known) == each.nearest);
        }
    }
    BOOST_TEST(core::nearest_name(std::string(100'000, 's'), known) == "");
    BOOST_TEST(core::nearest_name("serve", {}) == "");
    BOOST_TEST(core::suggestion("sevre", known) == ", did you mean serve?");
    BOOST_TEST(core::suggestion("download", known) == "");
}

BOOST_AUTO_TEST_SUITE_END()
