#include "core/media/media_store.hpp"
#include "test/support/process_limits.hpp"
#include "test/support/store_checks.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <system_error>

using namespace std::string_literals;

namespace sluice::core {

namespace {

using test::content;
using test::not_found;
using test::refusal;
using test::resolver;
using test::symlink_refused;
using test::with_each_resolver;

} // namespace

BOOST_AUTO_TEST_SUITE(media_stores)

BOOST_AUTO_TEST_CASE(opens_a_regular_file_and_tells_its_facts) {
    const test::temp_dir dir;
    dir.write_file("t/c/m/l/é.mp4", "twelve bytes");
    const std::array<timespec, 2> times{timespec{5, 6}, timespec{1'700'000'000, 123'456'789}};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, dir.path("t/c/m/l/é.mp4").c_str(), times.data(), 0) == 0);
    ::usleep(25'000); // waits until the ctime has settled
    with_each_resolver(dir.path(), [](const media_store& store) {
        const auto media = store.open("t/c/m/l/é.mp4").value();
        BOOST_TEST(media->facts.size == 12U);
        BOOST_TEST((media->facts.mtime == file_time{1'700'000'000, 123'456'789}));
        BOOST_TEST(media->version.etag == "\"17979cfe3d85cd15-c\"");
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

BOOST_AUTO_TEST_CASE(a_file_is_current_until_it_is_written_renamed_over_or_removed) {
    const test::temp_dir dir;
    for (const std::string_view name : {"written", "replaced", "removed", "renamed", "left"}) {
        dir.write_file(name, "12345");
    }
    dir.write_file("new", "12345");
    const media_store store(dir.path());
    const auto written = store.open("written").value();
    const auto replaced = store.open("replaced").value();
    const auto removed = store.open("removed").value();
    const auto renamed = store.open("renamed").value();
    const auto left = store.open("left").value();
    for (const auto* media : {&written, &replaced, &removed, &renamed, &left}) {
        BOOST_TEST(is_current(**media));
    }
    ::usleep(20'000); // longer than the tick of any file system's clock
    dir.write_file("written", "54321");
    dir.rename("new", "replaced");
    dir.remove("removed");
    dir.rename("renamed", "elsewhere");
    for (const auto* media : {&written, &replaced, &removed, &renamed}) {
        BOOST_TEST(!is_current(**media));
    }
    BOOST_TEST(is_current(*left));
}

BOOST_AUTO_TEST_CASE(times_far_away_keep_their_order) {
    const test::temp_dir dir;
    dir.write_file("old.mp4", "x");
    for (const time_t seconds : {-2'000'000'000, 2'000'000'000}) {
        const std::array<timespec, 2> times{timespec{seconds * 20, 0}, timespec{seconds * 20, 0}};
        BOOST_REQUIRE(::utimensat(AT_FDCWD, dir.path("old.mp4").c_str(), times.data(), 0) == 0);
        with_each_resolver(dir.path(), [seconds](const media_store& store) {
            // The file system may have clamped it first; the test is that the sign survives.
            const auto mtime = store.open("old.mp4").value()->facts.mtime;
            BOOST_TEST((mtime.seconds < 0) == (seconds < 0));
        });
    }
}

// docs/security.md, threat 61: a version with the size and mtime of another one.
BOOST_AUTO_TEST_CASE(a_tag_is_never_given_to_two_versions) {
    const test::temp_dir dir;
    const std::array<timespec, 2> times{timespec{5, 6}, timespec{1'700'000'000, 123'456'789}};
    const auto write = [&](const char* content) {
        dir.write_file("video.mp4", content);
        BOOST_REQUIRE(::utimensat(AT_FDCWD, dir.path("video.mp4").c_str(), times.data(), 0) == 0);
        ::usleep(25'000); // waits until the ctime has settled
    };
    with_each_resolver(dir.path(), [&](const media_store& store) {
        write("first");
        BOOST_TEST(!store.open("video.mp4").value()->version.etag.empty());
        write("other");
        const auto after = store.open("video.mp4").value();
        BOOST_TEST(after->version.etag.empty());
        BOOST_TEST(!after->version.gives_date());
        write("larger");
        BOOST_TEST(!store.open("video.mp4").value()->version.etag.empty());
    });
}

// docs/security.md, threat 21.
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
        BOOST_TEST(after->version.etag.empty()); // written just now
        BOOST_TEST((before->facts != after->facts));

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
            const core::failure why{core::errc::media_unavailable, "EMFILE"};
            BOOST_TEST((refusal(store, "t/video.mp4") == why));
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
    const auto available = test::resolvers();
    BOOST_TEST((media_store(dir.path()).how() == available.front()));
    BOOST_TEST((media_store(dir.path(), resolver::walk).how() == resolver::walk));
    BOOST_TEST(media_store(dir.path()).root() == dir.path());
}

using root_state = media_store::root_state;
const core::failure root_missing{errc::media_unavailable, "media_root_missing"};

BOOST_AUTO_TEST_CASE(a_root_that_is_renamed_away_is_missing_until_it_is_back) {
    const test::temp_dir dir;
    dir.write_file("root/video.mp4", "x");
    media_store store(dir.path("root"));
    const int fd = store.root_fd();
    BOOST_TEST((store.renew_root() == root_state::same));
    dir.rename("root", "away");
    BOOST_TEST((store.renew_root() == root_state::missing));
    BOOST_TEST((refusal(store, "video.mp4") == root_missing));
    BOOST_TEST(!store.is_readable());
    dir.rename("away", "root");
    BOOST_TEST((store.renew_root() == root_state::same));
    BOOST_TEST(store.open("video.mp4").has_value());
    BOOST_TEST(store.is_readable());
    BOOST_TEST(store.root_fd() == fd);
}

BOOST_AUTO_TEST_CASE(another_root_takes_over) {
    const test::temp_dir dir;
    dir.write_file("root/old.mp4", "x");
    dir.write_file("next/new.mp4", "x");
    media_store store(dir.path("root"));
    dir.rename("root", "away");
    dir.rename("next", "root");
    BOOST_TEST((store.renew_root() == root_state::replaced));
    BOOST_TEST(store.open("new.mp4").has_value());
    BOOST_TEST((refusal(store, "old.mp4") == not_found));
    BOOST_TEST((store.renew_root() == root_state::same));
}

BOOST_AUTO_TEST_CASE(an_empty_directory_in_its_place_is_a_mount_point_without_its_volume) {
    const test::temp_dir dir;
    dir.write_file("root/video.mp4", "x");
    media_store store(dir.path("root"));
    dir.rename("root", "away");
    dir.make_dir("root");
    for (int i = 0; i < 2; ++i) {
        BOOST_TEST((store.renew_root() == root_state::missing));
        BOOST_TEST((refusal(store, "video.mp4") == root_missing));
    }
    dir.write_file("root/other.mp4", "x");
    BOOST_TEST((store.renew_root() == root_state::same));
    BOOST_TEST(store.open("other.mp4").has_value());
}

BOOST_AUTO_TEST_CASE(a_root_that_was_empty_from_the_start_is_not_missing) {
    const test::temp_dir dir;
    dir.make_dir("root");
    media_store store(dir.path("root"));
    BOOST_TEST((store.renew_root() == root_state::same));
    BOOST_TEST((refusal(store, "video.mp4") == not_found));
    BOOST_TEST(store.is_readable());
}

BOOST_AUTO_TEST_CASE(no_descriptor_to_look_changes_nothing) {
    const test::temp_dir dir;
    dir.write_file("root/video.mp4", "x");
    media_store store(dir.path("root"));
    const test::few_descriptors none;
    BOOST_TEST((store.renew_root() == root_state::same));
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
