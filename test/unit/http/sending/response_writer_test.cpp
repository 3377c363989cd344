#include "http/sending/response_writer.hpp"
#include "test/support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <string>

namespace core = sluice::core;
namespace http = sluice::http;
using sluice::test::temp_dir;

namespace {

/// Takes everything. The file is written to while its last bytes are sent.
struct disturbed_transport {
    const temp_dir& dir;
    std::string text;

    std::size_t write_some(std::string_view bytes, http::follow_up, http::error_code& ec) {
        ec = {};
        text += bytes;
        return bytes.size();
    }
    std::size_t send_file(int, std::uint64_t, std::uint64_t length, http::error_code& ec) {
        ec = {};
        dir.write_file("f", "another version");
        return length;
    }
    [[nodiscard]] static bool has_unsent() { return false; }
    static void limit_unsent(unsigned) {}
};

/// Takes everything, and notes what each write said of the next.
struct noting_transport {
    std::string seen;

    std::size_t write_some(std::string_view bytes, http::follow_up next, http::error_code& ec) {
        ec = {};
        seen += next == http::follow_up::none ? "none " : "";
        seen += next == http::follow_up::write ? "write " : "";
        seen += next == http::follow_up::shutdown_send ? "shutdown " : "";
        return bytes.size();
    }
    std::size_t send_file(int, std::uint64_t, std::uint64_t length, http::error_code& ec) {
        ec = {};
        seen += "file ";
        return length;
    }
    [[nodiscard]] static bool has_unsent() { return false; }
    static void limit_unsent(unsigned) {}
};

std::string follow_ups(http::response& answer) {
    http::response_writer writer;
    writer.start();
    noting_transport transport;
    writer.advance(answer, transport, std::chrono::steady_clock::now());
    return transport.seen;
}

} // namespace

BOOST_AUTO_TEST_SUITE(response_writer_suite)

// A last segment that is held back on a connection that stays open would come 200 ms late.
BOOST_AUTO_TEST_CASE(only_the_last_text_of_a_connection_waits_for_its_end) {
    const temp_dir dir;
    dir.write_file("f", "0123456789");
    const core::media_store store(dir.path(""));
    const http::cached_file file{
        .media = *store.open("f"), .owner = {}, .type = "video/mp4", .text = {}};
    const std::array slices{core::byte_slice{0, 1}, core::byte_slice{5, 1}};
    for (const bool stays : {true, false}) {
        const std::string last = stays ? "none " : "shutdown ";
        http::response_frame frame;
        frame.keep_alive = stays;
        http::response answer;
        answer.begin(frame, 200);
        answer.finish_with("text/plain", "text");
        BOOST_TEST(follow_ups(answer) == last);
        answer.begin(frame, 200);
        answer.finish_with(file, core::byte_slice{0, 10});
        BOOST_TEST(follow_ups(answer) == "write file ");
        answer.begin(frame, 206);
        answer.finish_with(file, slices, "boundary");
        BOOST_TEST(follow_ups(answer) == "write write file write file " + last);
    }
}

BOOST_AUTO_TEST_CASE(a_change_during_the_last_bytes_is_a_fault) {
    const temp_dir dir;
    dir.write_file("f", "0123456789");
    const core::media_store store(dir.path(""));
    http::cached_file file{.media = *store.open("f"), .owner = {}, .type = "video/mp4", .text = {}};
    http::response answer;
    answer.begin({}, 200);
    answer.finish_with(file, core::byte_slice{0, 10});
    http::response_writer writer;
    writer.start();
    disturbed_transport transport{dir, {}};
    const auto status = writer.advance(answer, transport, std::chrono::steady_clock::now());
    BOOST_TEST((status == http::response_writer::status::failed));
    BOOST_TEST(writer.file_fault() == "file_changed");
}

BOOST_AUTO_TEST_SUITE_END()
