#include "core/media/name_twin.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace sluice::core {

BOOST_AUTO_TEST_SUITE(name_twins)

BOOST_AUTO_TEST_CASE(finds_what_looks_the_same) {
    const test::temp_dir dir;
    dir.write_file("t/cafe\u0301/a/e\u0301te\u0301.mp4", "x");
    dir.write_file("t/caf\u00E9/other.mp4", "x");
    const std::string there = "t/cafe\u0301/a/e\u0301te\u0301.mp4";
    BOOST_TEST(find_name_twin(dir.path(), "t/cafe\u0301/a/\u00E9t\u00E9.mp4").value_or("") ==
               there);
    BOOST_TEST(find_name_twin(dir.path(), "t/caf\u00E9/othe\u0301r.mp4").value_or("").empty());
    BOOST_TEST(!find_name_twin(dir.path(), there)); // the exact name exists
    BOOST_TEST(!find_name_twin(dir.path(), "t/nothing/e.mp4"));
    BOOST_TEST(!find_name_twin(dir.path("nowhere"), "t/e.mp4"));
    dir.remove("t/caf\u00E9");
    BOOST_TEST(find_name_twin(dir.path(), "t/caf\u00E9/a/\u00E9t\u00E9.mp4").value_or("") == there);
}

BOOST_AUTO_TEST_CASE(lists_names_that_are_not_composed) {
    const test::temp_dir dir;
    dir.write_file("plain/\u00E9.mp4", "x");
    BOOST_TEST(find_uncomposed(dir.path(), 100).count == 0U);
    dir.write_file("plain/e\u0301.mp4", "x");
    dir.make_symlink("plain", "e\u0300"); // the link's own name counts, not its target
    const auto found = find_uncomposed(dir.path(), 100);
    BOOST_TEST(found.count == 2U);
    BOOST_TEST(found.first.size() == 2U);
    BOOST_TEST(found.is_complete);
    BOOST_TEST(!find_uncomposed(dir.path(), 2).is_complete);
    for (int i = 0; i < 10; ++i) {
        dir.write_file("many/e\u0301" + std::to_string(i), "x");
    }
    const auto many = find_uncomposed(dir.path(), 100);
    BOOST_TEST(many.count == 12U);
    BOOST_TEST(many.first.size() == 5U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
