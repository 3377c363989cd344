#include "core/media/media_store.hpp"
#include "test/support/process_limits.hpp"
#include "test/support/store_checks.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

using namespace std::string_literals;

namespace sluice::core {

namespace {

using test::content;
using test::not_found;
using test::refusal;
using test::symlink_refused;
using test::with_each_resolver;

void bind_socket(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    BOOST_REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    const unique_fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    BOOST_REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                  0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(media_store_refusals)

// docs/security.md, threats 11, 13, 18, 19 and 20.
BOOST_AUTO_TEST_CASE(refuses_what_is_no_regular_file_below_the_root,
                     *boost::unit_test::timeout(20)) {
    const test::temp_dir dir;
    dir.write_file("outside.mp4", "secret");
    dir.write_file("root/t/c/video.mp4", "video");
    dir.write_file("root/t/c/plain", "text");
    dir.make_symlink("/etc/passwd", "root/t/c/absolute.mp4");
    dir.make_symlink("../../../outside.mp4", "root/t/c/climbing.mp4");
    dir.make_symlink("video.mp4", "root/t/c/beside.mp4");
    dir.make_symlink("nowhere", "root/t/c/dangling.mp4");
    dir.make_symlink("loop.mp4", "root/t/c/loop.mp4");
    dir.make_symlink("/etc", "root/t/etc");
    dir.make_symlink("c", "root/t/same");
    dir.make_symlink("/proc/self/root", "root/t/magic");
    BOOST_REQUIRE(::mkfifo(dir.path("root/t/c/fifo.mp4").c_str(), 0644) == 0);
    bind_socket(dir.path("root/t/c/socket.mp4"));

    struct row {
        std::string path;
        failure expected;
    };
    const std::array rows{
        row{"", not_found},
        row{".", not_found},
        row{"..", not_found},
        row{"/", not_found},
        row{"/etc/passwd", not_found},
        row{dir.path("root/t/c/video.mp4"), not_found},
        row{"../outside.mp4", not_found},
        row{"t/../../outside.mp4", not_found},
        row{"t/c/../c/video.mp4", not_found},
        row{"t/./c/video.mp4", not_found},
        row{"t//c/video.mp4", not_found},
        row{"t/c/video.mp4/", not_found},
        row{"t/c/video.mp4\0.txt"s, not_found},
        row{"%2e%2e/outside.mp4", not_found},
        row{"t/c/absent.mp4", not_found},
        row{"t/c/VIDEO.MP4", not_found},
        row{"absent/c/video.mp4", not_found},
        row{"t/c/plain/video.mp4", not_found},
        row{"t/c/" + std::string(300, 'a'), not_found},
        row{"t/c", not_found},
        row{"t/c/fifo.mp4", not_found},
        row{"t/c/fifo.mp4/x", not_found},
        row{"t/c/socket.mp4", not_found},
        row{"t/c/absolute.mp4", symlink_refused},
        row{"t/c/climbing.mp4", symlink_refused},
        row{"t/c/beside.mp4", symlink_refused},
        row{"t/c/dangling.mp4", symlink_refused},
        row{"t/c/loop.mp4", symlink_refused},
        row{"t/c/loop.mp4/x", symlink_refused},
        row{"t/etc/passwd", symlink_refused},
        row{"t/same/video.mp4", symlink_refused},
        row{"t/magic/etc/passwd", symlink_refused},
    };
    with_each_resolver(dir.path("root"), [&rows](const media_store& store) {
        for (const auto& [path, expected] : rows) {
            BOOST_TEST_CONTEXT("path " << path) {
                BOOST_TEST((refusal(store, path) == expected));
            }
        }
        BOOST_TEST(store.open("t/c/video.mp4").has_value());
    });
}

BOOST_AUTO_TEST_CASE(refuses_magic_links_themselves) {
    const auto pid = std::to_string(::getpid());
    with_each_resolver("/proc", [&pid](const media_store& store) {
        BOOST_TEST((refusal(store, pid + "/root/etc/passwd") == symlink_refused));
        BOOST_TEST((refusal(store, pid + "/cwd/x") == symlink_refused));
        BOOST_TEST((refusal(store, pid + "/exe") == symlink_refused));
        BOOST_TEST((refusal(store, "self/status") == symlink_refused));
    });
}

BOOST_AUTO_TEST_CASE(refuses_devices, *boost::unit_test::timeout(20)) {
    with_each_resolver("/dev", [](const media_store& store) {
        BOOST_TEST((refusal(store, "null") == not_found));
        BOOST_TEST((refusal(store, "zero") == not_found));
    });
}

BOOST_AUTO_TEST_CASE(a_forbidden_file_is_as_good_as_absent) {
    const test::temp_dir dir;
    dir.write_file("t/closed.mp4", "x");
    dir.write_file("closed/video.mp4", "x");
    BOOST_REQUIRE(::chmod(dir.path("t/closed.mp4").c_str(), 0) == 0);
    BOOST_REQUIRE(::chmod(dir.path("closed").c_str(), 0) == 0);
    with_each_resolver(dir.path(), [](const media_store& store) {
        const test::ordinary_user user;
        BOOST_TEST((refusal(store, "t/closed.mp4") == not_found));
        BOOST_TEST((refusal(store, "closed/video.mp4") == not_found));
        BOOST_TEST((refusal(store, "closed/absent.mp4") == not_found));
    });
    BOOST_REQUIRE(::chmod(dir.path("closed").c_str(), 0755) == 0);
}

// docs/security.md, threats 19 and 21: a directory in the middle of the path is replaced by a link
// and back while it is being resolved. Only the file below the root is ever opened.
BOOST_AUTO_TEST_CASE(a_directory_swapped_for_a_link_never_leads_out) {
    const test::temp_dir dir;
    dir.write_file("outside/video.mp4", "secret");
    dir.write_file("root/t/video.mp4", "video");
    dir.make_symlink("../outside", "root/link");
    with_each_resolver(dir.path("root"), [&dir](const media_store& store) {
        const std::string one = dir.path("root/t");
        const std::string other = dir.path("root/link");
        std::atomic<bool> stop{false};
        std::jthread swapper([&] {
            while (!stop) {
                ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
            }
        });
        int opened = 0;
        int leaked = 0;
        for (int i = 0; i < 10000; ++i) {
            if (const auto media = store.open("t/video.mp4")) {
                ++opened;
                leaked += content(**media) == "video" ? 0 : 1;
            }
        }
        stop = true;
        swapper.join();
        BOOST_TEST(leaked == 0);
        BOOST_TEST_MESSAGE(opened << " of 10000 opened");
    });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
