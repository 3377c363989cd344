// The line writer with files that are full, slow, moved or deleted.
#include "app/log/line_writer.hpp"
#include "test/support/temp_dir.hpp"
#include "test/support/text.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

using namespace sluice;
using test::content_of;
using namespace std::chrono_literals;

namespace {

/// A writer, its counters and the changes that it reported.
struct fixture {
    explicit fixture(const std::string& path) {
        writer = std::make_unique<app::line_writer>(path, *count, [this](int error) {
            last_change = error;
            ++changes;
        });
    }
    void write(std::string lines) { BOOST_TEST(writer->write(lines)); }
    [[nodiscard]] std::uint64_t dropped() const { return count->log_lines_dropped.value(); }
    template <class Condition>
    static bool until(Condition holds) {
        for (int i = 0; i < 2000 && !holds(); ++i) {
            std::this_thread::sleep_for(5ms);
        }
        return holds();
    }

    std::unique_ptr<http::counters> count = std::make_unique<http::counters>();
    std::atomic<int> last_change{-1};
    std::atomic<int> changes{0};
    std::unique_ptr<app::line_writer> writer;
};

} // namespace

BOOST_AUTO_TEST_SUITE(line_writer)

BOOST_AUTO_TEST_CASE(what_was_handed_over_is_there_at_the_end) {
    const test::temp_dir dir;
    const auto path = dir.path("log");
    fixture one(path);
    one.write("a\nb\n");
    one.write("c\n");
    one.writer.reset();
    BOOST_TEST(content_of(path) == "a\nb\nc\n");
    BOOST_TEST(one.dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_costs_lines_that_are_counted_and_told_once) {
    fixture one("/dev/full");
    one.write("a\nb\n");
    BOOST_TEST(fixture::until([&] { return one.dropped() == 2; }));
    one.write("c\n");
    BOOST_TEST(fixture::until([&] { return one.dropped() == 3; }));
    BOOST_TEST(one.changes == 1);
    BOOST_TEST(one.last_change == ENOSPC);
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_opened_is_an_error_at_the_start) {
    http::counters count;
    BOOST_CHECK_THROW(app::line_writer("/nowhere/log", count, [](int) {}), std::system_error);
}

BOOST_AUTO_TEST_CASE(reopen_follows_the_path) {
    const test::temp_dir dir;
    const auto path = dir.path("log");
    fixture one(path);
    one.write("before\n");
    BOOST_TEST(fixture::until([&] { return content_of(path) == "before\n"; }));
    std::filesystem::rename(path, dir.path("log.1"));
    one.write("still\n");
    BOOST_TEST(fixture::until([&] { return content_of(dir.path("log.1")) == "before\nstill\n"; }));
    one.writer->reopen();
    one.write("after\n");
    BOOST_TEST(fixture::until([&] { return content_of(path) == "after\n"; }));
    BOOST_TEST(content_of(dir.path("log.1")) == "before\nstill\n");
}

BOOST_AUTO_TEST_CASE(reopen_that_fails_goes_on_with_the_old_file) {
    const test::temp_dir dir;
    std::filesystem::create_directory(dir.path("sub"));
    const auto path = dir.path("sub") + "/log";
    fixture one(path);
    std::filesystem::rename(dir.path("sub"), dir.path("moved"));
    one.writer->reopen();
    BOOST_TEST(fixture::until([&] { return one.last_change == ENOENT; }));
    one.write("x\n");
    BOOST_TEST(fixture::until([&] { return content_of(dir.path("moved") + "/log") == "x\n"; }));
}

BOOST_AUTO_TEST_CASE(a_reader_that_does_not_read_costs_lines_and_not_the_exit) {
    const test::temp_dir dir;
    const auto path = dir.path("pipe");
    BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const core::unique_fd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    fixture one(path);
    const std::string block(1024 * 1024 - 1, 'x');
    std::uint64_t refused = 0;
    for (int i = 0; i < 20; ++i) { // more than the pipe and the queue hold
        auto lines = block + "\n";
        refused += one.writer->write(lines) ? 0 : 1;
    }
    BOOST_TEST(refused > 0U);
    one.writer.reset();
    BOOST_TEST(one.dropped() + refused == 20U);
    BOOST_TEST(one.last_change == ETIMEDOUT);
}

// Opening a named pipe waits for its reader, unless O_NONBLOCK is set.
BOOST_AUTO_TEST_CASE(row_63_a_named_pipe_without_a_reader_holds_up_nothing) {
    const test::temp_dir dir;
    const auto path = dir.path("pipe");
    BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    fixture one(path);
    one.write("a\n");
    one.writer->reopen();
    one.write("b\n");
    const core::unique_fd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    std::string text;
    BOOST_TEST(fixture::until([&] {
        char some[16]; // NOLINT
        const auto got = ::read(reader.get(), some, sizeof some);
        text.append(some, got > 0 ? static_cast<std::size_t>(got) : 0);
        return text == "a\nb\n";
    }));
    one.writer.reset();
    BOOST_TEST(one.dropped() == 0U);
}

// Another process shares the pipe, so its description must stay unchanged.
BOOST_AUTO_TEST_CASE(a_stream_of_others_is_left_as_it_is) {
    int ends[2]; // NOLINT
    BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const core::unique_fd reader(ends[0]);
    const core::unique_fd theirs(ends[1]);
    http::counters count;
    app::line_writer writer(
        theirs.get(), count, [](int) {}, 100);
    BOOST_TEST((::fcntl(theirs.get(), F_GETFL) & O_NONBLOCK) == 0);
    std::string lines = "hello\n";
    BOOST_TEST(writer.write(lines));
    char some[6]; // NOLINT
    BOOST_TEST(::read(reader.get(), some, sizeof some) == 6);
    lines.assign(101, 'x');
    BOOST_TEST(!writer.write(lines)); // more than fits into it
}

BOOST_AUTO_TEST_SUITE_END()
