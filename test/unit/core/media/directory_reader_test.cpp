#include "core/media/directory_reader.hpp"
#include "test/support/process_limits.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace sluice::core {

namespace {

opened_directory open_path(const test::temp_dir& dir, const char* name) {
    const unique_fd root(::open(dir.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return open_directory(root.get(), name);
}

std::set<std::string> names_in(int fd) {
    std::set<std::string> names;
    BOOST_TEST(list_directories(
        fd, [&names](std::string_view name) { return names.emplace(name).second; }));
    return names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(directory_reading)

BOOST_AUTO_TEST_CASE(only_real_directories_are_opened) {
    const test::temp_dir dir;
    dir.make_dir("real");
    dir.write_file("file", "x");
    dir.make_symlink("real", "link");
    BOOST_TEST((open_path(dir, "real").state == directory_state::open));
    BOOST_TEST((open_path(dir, ".").state == directory_state::open));
    for (const auto* name : {"absent", "file", "link"}) {
        BOOST_TEST_CONTEXT(name) {
            const auto opened = open_path(dir, name);
            BOOST_TEST((opened.state == directory_state::gone));
            BOOST_TEST(!opened.fd);
        }
    }
    BOOST_TEST((open_directory(-1, "real").state == directory_state::unreadable));
}

BOOST_AUTO_TEST_CASE(lists_directories_and_nothing_else) {
    const test::temp_dir dir;
    dir.make_dir("a");
    dir.make_dir(".hidden");
    dir.write_file("file", "x");
    dir.make_symlink("a", "link");
    BOOST_REQUIRE(::mkfifo(dir.path("fifo").c_str(), 0644) == 0);
    const auto opened = open_path(dir, ".");
    BOOST_TEST((names_in(opened.fd.get()) == std::set<std::string>{"a", ".hidden"}));
    BOOST_TEST((names_in(opened.fd.get()) == std::set<std::string>{"a", ".hidden"}));
}

BOOST_AUTO_TEST_CASE(lists_more_than_one_buffer_and_stops_when_told) {
    const test::temp_dir dir;
    constexpr std::size_t count = 300;
    const std::string long_name(200, 'a');
    for (std::size_t i = 0; i < count; ++i) {
        dir.make_dir(long_name + std::to_string(i));
    }
    const auto opened = open_path(dir, ".");
    BOOST_TEST(names_in(opened.fd.get()).size() == count);
    std::size_t visited = 0;
    BOOST_TEST(
        list_directories(opened.fd.get(), [&visited](std::string_view) { return ++visited < 10; }));
    BOOST_TEST(visited == 10U);
}

BOOST_AUTO_TEST_CASE(a_listing_that_breaks_off_is_no_empty_listing) {
    const test::temp_dir dir;
    dir.make_dir("removed");
    dir.make_dir("closed");
    BOOST_REQUIRE(::chmod(dir.path("closed").c_str(), 0) == 0);
    const auto nothing = [](std::string_view) { return true; };
    const auto removed = open_path(dir, "removed");
    const auto closed = open_path(dir, "closed");
    dir.remove("removed");
    BOOST_TEST(!list_directories(removed.fd.get(), nothing));
    {
        const test::ordinary_user user;
        BOOST_TEST(!list_directories(closed.fd.get(), nothing));
    }
    BOOST_TEST(!list_directories(-1, nothing));
    BOOST_REQUIRE(::chmod(dir.path("closed").c_str(), 0755) == 0); // allows the clean-up
}

BOOST_AUTO_TEST_CASE(the_stamp_tells_directories_and_changes_apart) {
    const test::temp_dir dir;
    dir.make_dir("a");
    dir.make_dir("b");
    const auto before = open_path(dir, "a");
    BOOST_TEST((before.stamp == open_path(dir, "a").stamp));
    BOOST_TEST((before.stamp != open_path(dir, "b").stamp));
    // A copying tool sets the modification time back; the change time still differs.
    const std::array<timespec, 2> long_ago{timespec{1, 0}, timespec{1, 0}};
    ::utimensat(AT_FDCWD, dir.path("a").c_str(), long_ago.data(), 0);
    const auto copied = open_path(dir, "a");
    BOOST_TEST(copied.stamp.modified_seconds == 1);
    BOOST_TEST(copied.stamp.changed_seconds > 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
