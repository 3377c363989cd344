#include "app/process/file_watch.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(file_watch_suite)

BOOST_AUTO_TEST_CASE(a_change_is_told_once_and_when_it_is_over) {
    test::temp_dir dir;
    dir.write_file("a", "one");
    app::file_watch watch;
    watch.follow({dir.path("a"), "", dir.path("b")});
    BOOST_TEST(!watch.has_changed());
    dir.write_file("a", "three");
    BOOST_TEST(!watch.has_changed()); // it may still be written
    dir.write_file("a", "twelve");
    BOOST_TEST(!watch.has_changed());
    BOOST_TEST(watch.has_changed());
    BOOST_TEST(!watch.has_changed());
    dir.write_file("b", "new");
    BOOST_TEST(!watch.has_changed());
    BOOST_TEST(watch.has_changed());
    std::filesystem::remove(dir.path("b"));
    BOOST_TEST(!watch.has_changed());
    BOOST_TEST(watch.has_changed());
}

BOOST_AUTO_TEST_CASE(other_files_start_afresh) {
    test::temp_dir dir;
    dir.write_file("a", "one");
    app::file_watch watch;
    watch.follow({dir.path("a")});
    watch.follow({dir.path("b")});
    BOOST_TEST(!watch.has_changed());
    BOOST_TEST(!watch.has_changed());
}

BOOST_AUTO_TEST_SUITE_END()
