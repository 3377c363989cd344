#include "core/config/environment_file.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace core = sluice::core;

namespace {

using variables = std::vector<std::pair<std::string, std::string>>;

} // namespace

BOOST_AUTO_TEST_SUITE(environment_file_suite)

BOOST_AUTO_TEST_CASE(lines_as_systemd_reads_them) {
    std::vector<core::operator_problem> problems;
    const auto read = core::parse_environment_file("# comment\n; comment\n\n  SLUICE_A = 1 \r\n"
                                                   "SLUICE_B=\"two words\"\nSLUICE_C='a\\b'\n"
                                                   "SLUICE_D=\"a\\\"b\"\nPATH=/bin\nSLUICE_E=\n"
                                                   "SLUICE_F=a=b",
                                                   "f", problems);
    BOOST_TEST(problems.empty());
    const variables wanted{{"SLUICE_A", "1"},    {"SLUICE_B", "two words"}, {"SLUICE_C", "a\\b"},
                           {"SLUICE_D", "a\"b"}, {"SLUICE_E", ""},          {"SLUICE_F", "a=b"}};
    BOOST_TEST((read.variables == wanted));
    BOOST_TEST(!read.secret);
}

BOOST_AUTO_TEST_CASE(the_secret_is_kept_apart) {
    std::vector<core::operator_problem> problems;
    const auto read = core::parse_environment_file("SLUICE_SECRET='s3cret'\n", "f", problems);
    BOOST_TEST(read.variables.empty());
    BOOST_REQUIRE(read.secret.has_value());
    BOOST_TEST(read.secret->reveal() == "s3cret");
}

BOOST_AUTO_TEST_CASE(other_lines_are_problems) {
    std::vector<core::operator_problem> problems;
    (void)core::parse_environment_file("SLUICE_A=1\nnonsense\nSLUICE_B=a\\\n", "f", problems);
    BOOST_REQUIRE(problems.size() == 2U);
    BOOST_TEST(problems[0].where == "f:2");
    BOOST_TEST(problems[1].where == "f:3");
}

BOOST_AUTO_TEST_SUITE_END()
