#include "core/media/catalogue.hpp"
#include "http/handlers/open_file.hpp"
#include "test/support/layouts.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <variant>

namespace core = sluice::core;
using namespace sluice::http; // NOLINT(google-build-using-namespace)

namespace {

/// A file that is too large to be kept in memory, behind a cache.
struct world {
    world() { write('a'); }

    void write(char c) {
        dir.write_file("t/c/m/l/Video.mp4", std::string(max_kept_content + 1, c));
    }

    /// The file that a request of that round gets.
    cached_file_handle find(std::uint64_t round) {
        request in;
        in.files = &files;
        in.round = round;
        response answer;
        exchange_record record;
        reply out(answer, record, count);
        const auto media = core::media_id::lesson("t", "c", "m", "l", "Video.mp4");
        auto found = find_file(
            {.library = library, .keep = nullptr},
            {.media = *media, .owner = {}, .url_path = "/download2/t/c/m/l/Video.mp4"}, in, out);
        const auto* const file = std::get_if<file_result>(&found);
        BOOST_REQUIRE((file != nullptr && *file));
        return **file;
    }

    sluice::test::temp_dir dir;
    core::media_store store{dir.path("")};
    core::media_layout layout = sluice::test::default_layout();
    core::catalogue courses{store, layout.course.course_directory()};
    core::course_owners owners{{&courses}};
    core::media_library library{{{.layout = layout, .store = &store}}, owners};
    file_cache files{{.files = 4, .lifetime = std::chrono::hours(1)}};
    counters count;
};

} // namespace

BOOST_AUTO_TEST_SUITE(open_file_suite)

BOOST_FIXTURE_TEST_CASE(a_file_is_checked_once_in_a_round, world) {
    const auto first = find(1);
    BOOST_TEST(find(2) == first); // found unchanged
    write('b');                   // after the requests of the round have begun to arrive
    BOOST_TEST(find(2) == first);
    BOOST_TEST(core::change_of(*first->media) == "file_changed"); // as its sender will see
    BOOST_TEST(find(3) != first);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_was_replaced_is_not_found_again, world) {
    const auto first = find(1);
    dir.write_file("t/c/m/l/next", "b");
    std::filesystem::rename(dir.path("t/c/m/l/next"), dir.path("t/c/m/l/Video.mp4"));
    const auto second = find(2);
    BOOST_TEST(second != first);
    BOOST_TEST(second->text.content() == "b");
}

BOOST_AUTO_TEST_SUITE_END()
