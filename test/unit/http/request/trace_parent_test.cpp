#include "http/request/trace_parent.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using sluice::http::trace_parent;

namespace {

const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string parent = "00f067aa0ba902b7";

} // namespace

BOOST_AUTO_TEST_SUITE(trace_parents)

BOOST_AUTO_TEST_CASE(a_valid_one_is_split) {
    for (const auto& text : {"00-" + trace + "-" + parent + "-01",
                             "cc-" + trace + "-" + parent + "-01-of-a-later-version",
                             "cc-" + trace + "-" + parent + "-01"}) {
        const auto read = trace_parent::parse(text);
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST(read->trace_id() == trace);
        BOOST_TEST(read->parent_id() == parent);
        BOOST_TEST(read->flags() == "01");
    }
}

BOOST_AUTO_TEST_CASE(the_lowest_bit_says_that_the_caller_records_the_trace) {
    for (const auto& [flags, is_recorded] : {std::pair{"00", false},
                                             {"01", true},
                                             {"02", false},
                                             {"03", true},
                                             {"ae", false},
                                             {"ff", true}}) {
        const auto read = trace_parent::parse("00-" + trace + "-" + parent + "-" + flags);
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST(read->flags() == flags);
        BOOST_TEST(read->is_recorded() == is_recorded, flags);
    }
}

// The text ends at the end of its buffer, so that AddressSanitizer detects a read beyond it.
BOOST_AUTO_TEST_CASE(a_malformed_one_counts_as_absent) {
    const auto good = "00-" + trace + "-" + parent + "-01";
    for (std::size_t size = 0; size < good.size(); ++size) {
        const std::vector<char> cut(good.begin(), good.begin() + static_cast<long>(size));
        BOOST_TEST(!trace_parent::parse({cut.data(), cut.size()}).has_value());
    }
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (const char wrong : {'g', 'A', ' ', '\0', '\xFF', '_'}) {
            auto text = good;
            text[at] = wrong;
            BOOST_TEST(!trace_parent::parse(text).has_value(), text);
        }
    }
    for (const auto& text :
         {"cc" + good.substr(2) + "-x, cc" + good.substr(2), good + "x", good + "-", good + "-00",
          good + ", " + good, " " + good, "ff-" + trace + "-" + parent + "-01",
          "cc-" + trace + "-" + parent + "-01x",
          "00-" + std::string(32, '0') + "-" + parent + "-01",
          "00-" + trace + "-" + std::string(16, '0') + "-01", std::string(16000, '0')}) {
        BOOST_TEST(!trace_parent::parse(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
