#include "core/storage/mount_table.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice::core;

namespace {

const mount_table& table() {
    static const mount_table mounts("21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
                                    "40 21 8:17 / /srv/media rw shared:3 master:1 - xfs /dev/b rw\n"
                                    "41 40 0:52 / /srv/media/far rw - fuse.sshfs far: rw\n"
                                    "42 40 0:53 / /srv/media/with\\040space rw - nfs4 a:/ rw\n"
                                    "43 40 0:54 / /srv/media/twice rw - ext4 /dev/c rw\n"
                                    "44 43 0:55 / /srv/media/twice rw - tmpfs none rw\n"
                                    "no mount at all\n"
                                    "45 40 0:56 / relative rw - ext4 /dev/d rw\n"
                                    "46 40 0:57 / /srv/media/half rw");
    return mounts;
}

std::string device_of(std::string_view path) {
    const auto* const found = table().find(path);
    return found == nullptr ? "none" : found->device;
}

} // namespace

BOOST_AUTO_TEST_SUITE(mount_table_suite)

BOOST_AUTO_TEST_CASE(the_deepest_mount_counts) {
    BOOST_TEST(device_of("/etc/passwd") == "8:1");
    BOOST_TEST(device_of("/srv/media") == "8:17");
    BOOST_TEST(device_of("/srv/media/a/b") == "8:17");
    BOOST_TEST(device_of("/srv/media/far/a") == "0:52");
    BOOST_TEST(device_of("/srv/media/farther/a") == "8:17");
}

BOOST_AUTO_TEST_CASE(escapes_of_the_kernel_are_read) {
    BOOST_TEST(device_of("/srv/media/with space/a") == "0:53");
}

BOOST_AUTO_TEST_CASE(of_two_on_one_point_the_last_counts) {
    BOOST_TEST(device_of("/srv/media/twice/a") == "0:55");
}

BOOST_AUTO_TEST_CASE(lines_that_are_not_understood_are_passed_over) {
    BOOST_TEST(device_of("/srv/media/half/a") == "8:17");
    BOOST_TEST(mount_table("").find("/a") == nullptr);
}

BOOST_AUTO_TEST_CASE(types_are_told_apart) {
    const auto of = [](std::string_view path) { return *table().find(path); };
    BOOST_TEST(is_local(of("/srv/media/a")));
    BOOST_TEST(!is_local(of("/srv/media/far/a")));
    BOOST_TEST(!is_local(of("/srv/media/with space/a")));
    BOOST_TEST(is_memory(of("/srv/media/twice/a")));
    BOOST_TEST(!is_memory(of("/srv/media/a")));
}

BOOST_AUTO_TEST_SUITE_END()
