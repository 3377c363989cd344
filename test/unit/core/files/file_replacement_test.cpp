#include "core/files/file_replacement.hpp"
#include "test/support/temp_dir.hpp"
#include "test/support/text.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>

using namespace sluice;
using core::file_replacement;
using test::content_of;

BOOST_AUTO_TEST_SUITE(file_replacement_suite)

BOOST_AUTO_TEST_CASE(a_file_is_made_and_replaced_closed_to_others) {
    const test::temp_dir dir;
    const auto path = dir.path("keys.json");
    for (const auto* text : {"first", "second", ""}) {
        file_replacement file(path);
        BOOST_TEST(file.fault() == "");
        BOOST_TEST(file.commit(text) == "");
        BOOST_TEST(content_of(path) == text);
        struct stat facts {};
        BOOST_TEST(::stat(path.c_str(), &facts) == 0);
        BOOST_TEST((facts.st_mode & 0777U) == 0600U);
    }
    BOOST_TEST(!std::filesystem::exists(path + ".new"));
}

// A new file belongs to the owner of its directory, and a replaced one keeps its owner, its group
// and the right of the group to read it.
BOOST_AUTO_TEST_CASE(a_file_that_root_writes_is_the_services) {
    if (::geteuid() != 0) {
        return; // only root can set this up
    }
    struct row {
        uid_t user;
        gid_t group;
        mode_t mode;
    };
    const test::temp_dir dir;
    const auto path = dir.path("keys.json");
    const auto write = [&] {
        BOOST_TEST(file_replacement(path).commit("keys") == "");
        struct stat facts {};
        BOOST_TEST(::stat(path.c_str(), &facts) == 0);
        return row{facts.st_uid, facts.st_gid, facts.st_mode & 07777U};
    };
    const auto check = [&](const row& found, const row& wanted) {
        BOOST_TEST(found.user == wanted.user);
        BOOST_TEST(found.group == wanted.group);
        BOOST_TEST(found.mode == wanted.mode);
    };
    BOOST_TEST_REQUIRE(::chown(dir.path().c_str(), 1, 1) == 0);
    check(write(), {1, 1, 0600});
    for (const auto& [user, group, mode, kept] :
         {std::tuple{0U, 1U, 0640U, 0640U}, {1U, 1U, 0400U, 0600U}, {1U, 4U, 0666U, 0640U}}) {
        BOOST_TEST_REQUIRE(::chown(path.c_str(), user, group) == 0);
        BOOST_TEST_REQUIRE(::chmod(path.c_str(), mode) == 0);
        check(write(), {user, group, kept});
    }
    std::filesystem::remove(path);
    BOOST_TEST_REQUIRE(::chown(dir.path().c_str(), 0, 1) == 0);
    check(write(), {0, 1, 0640}); // root's directory for a group: /etc/sluice
}

// Both would read the same keys, and the later writer would remove the key that the first one
// added.
BOOST_AUTO_TEST_CASE(one_at_a_time) {
    const test::temp_dir dir;
    const auto path = dir.path("keys.json");
    std::optional<file_replacement> first(std::in_place, path);
    {
        const file_replacement second(path);
        BOOST_TEST(second.fault().starts_with("is being changed by another process"));
    }
    BOOST_TEST(std::filesystem::exists(path + ".new")); // still the first one's
    BOOST_TEST(first->commit("keys") == "");
    BOOST_TEST(file_replacement(path).fault() == "");
    BOOST_TEST(content_of(path) == "keys");
}

BOOST_AUTO_TEST_CASE(given_up_it_leaves_no_trace) {
    const test::temp_dir dir;
    dir.write_file("keys.json", "old");
    { const file_replacement file(dir.path("keys.json")); }
    BOOST_TEST(content_of(dir.path("keys.json")) == "old");
    BOOST_TEST(!std::filesystem::exists(dir.path("keys.json.new")));
}

BOOST_AUTO_TEST_CASE(places_that_cannot_be_written) {
    const test::temp_dir dir;
    BOOST_TEST(file_replacement(dir.path("no/keys.json")).fault().starts_with("cannot be written"));
    dir.make_dir("folder");
    dir.write_file("folder/inside", "");
    file_replacement file(dir.path("folder"));
    BOOST_TEST(file.commit("x").starts_with("cannot be written"));
}

BOOST_AUTO_TEST_SUITE_END()
