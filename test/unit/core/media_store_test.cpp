#include "core/media_store.hpp"
#include "core/resolve_path.hpp"
#include "test/support/process_limits.hpp"
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
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

using namespace std::string_literals;

namespace sluice::core {

namespace {

using resolver = media_store::resolver;

std::string_view name_of(resolver how) {
    return how == resolver::walk ? "walk" : "openat2";
}

/// Both, where the kernel has both.
std::vector<resolver> resolvers() {
    const unique_fd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (probe_openat2(root.get()) != 0) {
        BOOST_TEST_MESSAGE("no openat2 here: only the walk is tested");
        return {resolver::walk};
    }
    return {resolver::openat2, resolver::walk};
}

constexpr failure not_found{errc::media_not_found, {}};
constexpr failure symlink_refused{errc::media_not_found, "symlink"};
constexpr failure unavailable{errc::media_unavailable, {}};

failure refusal(const media_store& store, const std::string& path) {
    const auto outcome = store.open(path);
    BOOST_REQUIRE_MESSAGE(outcome.has_error(), "opened " + path);
    return outcome.error();
}

std::string content(const open_media& media) {
    std::array<char, 256> bytes{};
    const ssize_t length = ::pread(media.fd.get(), bytes.data(), bytes.size(), 0);
    BOOST_REQUIRE(length >= 0);
    return {bytes.data(), static_cast<std::size_t>(length)};
}

void bind_socket(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    BOOST_REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    const unique_fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    BOOST_REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                  0);
}

/// Runs `check` once for each resolver on a store of the same directory.
template <class Check>
void with_each_resolver(const std::string& root, Check check) {
    for (const resolver how : resolvers()) {
        BOOST_TEST_CONTEXT(name_of(how)) {
            check(media_store(root, how));
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(media_stores)

BOOST_AUTO_TEST_CASE(opens_a_regular_file_and_tells_its_facts) {
    const test::temp_dir dir;
    dir.write_file("t/c/m/l/é.mp4", "twelve bytes");
    const std::array<timespec, 2> times{timespec{5, 6}, timespec{1'700'000'000, 123'456'789}};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, dir.path("t/c/m/l/é.mp4").c_str(), times.data(), 0) == 0);
    with_each_resolver(dir.path(), [](const media_store& store) {
        const auto media = store.open("t/c/m/l/é.mp4").value();
        BOOST_TEST(media->facts.size == 12U);
        BOOST_TEST(media->facts.mtime_ns == 1'700'000'000'123'456'789);
        BOOST_TEST(media->version.etag == describe(media->facts).etag);
        BOOST_TEST(media->version.size == 12U);
        BOOST_TEST(content(*media) == "twelve bytes");
    });
}

BOOST_AUTO_TEST_CASE(opens_an_empty_file_and_one_in_the_root) {
    const test::temp_dir dir;
    dir.write_file("empty.mp4", "");
    with_each_resolver(dir.path(), [](const media_store& store) {
        BOOST_TEST(store.open("empty.mp4").value()->facts.size == 0U);
    });
}

BOOST_AUTO_TEST_CASE(times_beyond_the_range_are_clamped) {
    const test::temp_dir dir;
    dir.write_file("old.mp4", "x");
    for (const time_t seconds : {-2'000'000'000, 2'000'000'000}) {
        const std::array<timespec, 2> times{timespec{seconds * 20, 0}, timespec{seconds * 20, 0}};
        BOOST_REQUIRE(::utimensat(AT_FDCWD, dir.path("old.mp4").c_str(), times.data(), 0) == 0);
        with_each_resolver(dir.path(), [seconds](const media_store& store) {
            // The file system may have clamped it first: what counts is that the sign survives.
            const auto mtime = store.open("old.mp4").value()->facts.mtime_ns;
            BOOST_TEST((mtime < 0) == (seconds < 0));
        });
    }
}

// Threats 11, 13, 18, 19 and 20.
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

// Threat 21.
BOOST_AUTO_TEST_CASE(an_open_handle_stays_the_same_version) {
    const test::temp_dir dir;
    with_each_resolver(dir.path(), [&dir](const media_store& store) {
        dir.write_file("video.mp4", "first");
        const auto before = store.open("video.mp4").value();
        dir.write_file("next", "the second version");
        dir.rename("next", "video.mp4");
        const auto after = store.open("video.mp4").value();

        BOOST_TEST(before->facts.size == 5U);
        BOOST_TEST(content(*before) == "first");
        BOOST_TEST(after->facts.size == 18U);
        BOOST_TEST(content(*after) == "the second version");
        BOOST_TEST(before->version.etag != after->version.etag);

        dir.remove("video.mp4");
        BOOST_TEST(content(*after) == "the second version");
        BOOST_TEST((refusal(store, "video.mp4") == not_found));
    });
}

BOOST_AUTO_TEST_CASE(running_out_of_descriptors_is_the_nodes_fault) {
    const test::temp_dir dir;
    dir.write_file("t/video.mp4", "x");
    with_each_resolver(dir.path(), [](const media_store& store) {
        {
            const test::few_descriptors none;
            BOOST_TEST((refusal(store, "t/video.mp4") == unavailable));
            BOOST_TEST(!store.is_readable());
        }
        BOOST_TEST(store.open("t/video.mp4").has_value());
        BOOST_TEST(store.is_readable());
    });
}

BOOST_AUTO_TEST_CASE(no_descriptor_is_leaked) {
    const test::temp_dir dir;
    dir.write_file("t/c/video.mp4", "x");
    dir.make_symlink("video.mp4", "t/c/link.mp4");
    with_each_resolver(dir.path(), [](const media_store& store) {
        const test::few_descriptors two(2);
        for (int i = 0; i < 10; ++i) {
            BOOST_TEST(store.open("t/c/video.mp4").has_value());
            BOOST_TEST((refusal(store, "t/c/link.mp4") == symlink_refused));
            BOOST_TEST((refusal(store, "t/c") == not_found));
            BOOST_TEST(store.is_readable());
        }
    });
}

// Threats 19 and 21: the middle of the path turns from a directory into a link and back while it is
// being resolved. Either the file below the root is opened or nothing is.
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

BOOST_AUTO_TEST_CASE(a_root_that_cannot_be_opened_is_a_start_up_fault) {
    const test::temp_dir dir;
    dir.write_file("file", "x");
    for (const auto& root : {dir.path("absent"), dir.path("file"), ""s}) {
        BOOST_TEST_CONTEXT(root) {
            BOOST_CHECK_EXCEPTION(
                media_store{root}, std::system_error, [&root](const std::system_error& error) {
                    return std::string_view(error.what()).find(root) != std::string_view::npos;
                });
        }
    }
}

BOOST_AUTO_TEST_CASE(the_root_itself_may_be_a_link) {
    const test::temp_dir dir;
    dir.write_file("real/video.mp4", "x");
    dir.make_symlink("real", "root");
    with_each_resolver(dir.path("root"), [](const media_store& store) {
        BOOST_TEST(store.open("video.mp4").has_value());
    });
}

BOOST_AUTO_TEST_CASE(automatic_settles_on_one_road) {
    const test::temp_dir dir;
    const auto available = resolvers();
    BOOST_TEST((media_store(dir.path()).how() == available.front()));
    BOOST_TEST((media_store(dir.path(), resolver::walk).how() == resolver::walk));
    BOOST_TEST(media_store(dir.path()).root() == dir.path());
}

BOOST_AUTO_TEST_CASE(a_removed_root_is_not_readable) {
    const test::temp_dir dir;
    dir.make_dir("root");
    const media_store store(dir.path("root"));
    BOOST_TEST(store.is_readable());
    dir.remove("root");
    BOOST_TEST(!store.is_readable());
    BOOST_TEST((refusal(store, "video.mp4") == not_found));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
