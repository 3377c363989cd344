#include "core/media/resolve_path.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

using namespace std::string_view_literals;

namespace sluice::core {

BOOST_AUTO_TEST_SUITE(path_resolution)

BOOST_AUTO_TEST_CASE(knows_a_plain_relative_path) {
    for (const auto path : {"a"sv, "a/b"sv, "a/.b/c..d/..."sv, "%2e%2e/x"sv}) {
        BOOST_TEST_CONTEXT(path) {
            BOOST_TEST(is_plain_relative_path(path));
        }
    }
    for (const auto path : {""sv, "/"sv, "/a"sv, "a/"sv, "a//b"sv, "."sv, ".."sv, "../a"sv,
                            "a/../b"sv, "a/./b"sv, "a/.."sv, "a\0b"sv, "\0"sv}) {
        BOOST_TEST_CONTEXT(path) {
            BOOST_TEST(!is_plain_relative_path(path));
        }
    }
}

BOOST_AUTO_TEST_CASE(both_ways_give_the_same_errno) {
    const test::temp_dir dir;
    dir.write_file("d/file", "x");
    dir.make_symlink("d", "link");
    dir.make_symlink("file", "d/link");
    const unique_fd root(::open(dir.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (probe_openat2(root.get()) != 0) {
        BOOST_TEST_MESSAGE("no openat2 here: only the walk is tested");
    }
    struct row {
        std::string path;
        int error;
    };
    const std::array rows{
        row{"d/file", 0},         row{"d/none", ENOENT},   row{"none/file", ENOENT},
        row{"d/file/x", ENOTDIR}, row{"link/file", ELOOP}, row{"d/link", ELOOP},
        row{"link", ELOOP},       row{"d/link/x", ELOOP},  row{std::string(256, 'a'), ENAMETOOLONG},
    };
    for (const auto& [path, error] : rows) {
        BOOST_TEST_CONTEXT(path) {
            BOOST_TEST(open_with_walk(root.get(), path).error == error);
            if (probe_openat2(root.get()) == 0) {
                BOOST_TEST(open_with_openat2(root.get(), path).error == error);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(descriptors_do_not_outlive_an_exec) {
    const test::temp_dir dir;
    dir.write_file("d/file", "x");
    const unique_fd root(::open(dir.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const auto file = open_with_walk(root.get(), "d/file");
    BOOST_TEST((::fcntl(file.fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
    if (probe_openat2(root.get()) == 0) {
        const auto other = open_with_openat2(root.get(), "d/file");
        BOOST_TEST((::fcntl(other.fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
    }
}

BOOST_AUTO_TEST_CASE(the_probe_passes_on_the_errno) {
    BOOST_TEST(probe_openat2(-1) != 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice::core
