// The service log to a pipe: the content of a line, and a reader that does not read.
#include "app/log/service_log.hpp"
#include "core/base/unique_fd.hpp"
#include "test/support/fake_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// A log, and the reading end of its pipe.
struct fixture {
    explicit fixture(core::log_level least = core::log_level::info) {
        std::signal(SIGPIPE, SIG_IGN); // as in the service (app/process/signals)
        std::array<int, 2> ends{};
        BOOST_REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        reader = core::unique_fd(ends[0]);
        ::fcntl(reader.get(), F_SETFL, O_NONBLOCK);
        const core::unique_fd writer(ends[1]);
        log = std::make_unique<app::service_log>(clock, least, writer.get());
    }
    /// The output up to `end`, or of ten seconds.
    std::string read_until(const std::string& end) const {
        std::string text;
        std::array<char, 65536> some{};
        for (int i = 0; i < 2000 && text.find(end) == std::string::npos; ++i) {
            const auto got = ::read(reader.get(), some.data(), some.size());
            if (got > 0) {
                text.append(some.data(), static_cast<std::size_t>(got));
            } else {
                std::this_thread::sleep_for(5ms);
            }
        }
        return text;
    }

    test::fake_clock clock;
    core::unique_fd reader;
    std::unique_ptr<app::service_log> log;
};

/// The sum of what the lines "log_lines_dropped" in `text` report.
std::uint64_t lines_reported_missing(const std::string& text) {
    const std::string name = "\"event\":\"log_lines_dropped\",\"lines\":\"";
    std::uint64_t sum = 0;
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        sum += std::stoull(text.substr(at + name.size()));
    }
    return sum;
}

} // namespace

BOOST_AUTO_TEST_SUITE(service_log)

BOOST_AUTO_TEST_CASE(a_line_is_a_json_object) {
    const fixture one;
    one.log->warning("event", {{"cause", "a \"b\"\n"}, {"n", "1"}});
    BOOST_TEST(one.read_until("}\n") ==
               "{\"time\":\"2023-11-14T22:13:20.000Z\",\"level\":\"warning\",\"event\":\"event\","
               "\"cause\":\"a \\\"b\\\"\\u000a\",\"n\":\"1\"}\n");
}

BOOST_AUTO_TEST_CASE(what_is_below_the_level_is_left_out) {
    const fixture one(core::log_level::warning);
    one.log->info("first");
    one.log->error("second");
    one.log->set_level(core::log_level::error);
    one.log->warning("third");
    one.log->set_level(core::log_level::info);
    one.log->info("fourth");
    const auto text = one.read_until("fourth");
    BOOST_TEST(text.find("first") == std::string::npos);
    BOOST_TEST(text.find("\"level\":\"error\",\"event\":\"second\"") != std::string::npos);
    BOOST_TEST(text.find("third") == std::string::npos);
    BOOST_TEST(one.log->dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(row_63_a_reader_that_does_not_read_costs_lines_and_no_time) {
    fixture one;
    const std::string cause(1000, 'x');
    const auto begun = std::chrono::steady_clock::now();
    // A megabyte: more than the pipe holds (64 KiB), and the writing thread and the queue (256 KiB
    // each).
    for (int i = 0; i < 1000; ++i) {
        one.log->error("failed", {{"cause", cause}});
    }
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 5s));
    const auto lost = one.log->dropped();
    BOOST_TEST(lost > 350U);
    std::string text;
    one.log->append_metrics(text);
    BOOST_TEST(text.find("\nsluice_service_log_dropped_total " + std::to_string(lost) + "\n") !=
               std::string::npos);
    // It is read again: the log says how many lines are missing, in one line for each gap.
    std::string read;
    while (static_cast<std::size_t>(std::count(read.begin(), read.end(), '\n')) < 1000 - lost) {
        const auto part = one.read_until("\n");
        BOOST_REQUIRE(!part.empty());
        read += part;
    }
    one.log->info("again");
    read += one.read_until("\"event\":\"again\"");
    one.log->info("at the end");
    read += one.read_until("\"event\":\"at the end\"");
    BOOST_TEST(lines_reported_missing(read) == lost);
    BOOST_TEST(one.log->dropped() == lost);
}

BOOST_AUTO_TEST_CASE(row_63_a_full_pipe_does_not_hold_up_the_exit) {
    fixture one;
    const std::string cause(1000, 'x');
    for (int i = 0; i < 200; ++i) {
        one.log->error("failed", {{"cause", cause}});
    }
    const auto begun = std::chrono::steady_clock::now();
    one.log.reset();
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 10s));
}

BOOST_AUTO_TEST_CASE(a_reader_that_is_gone_costs_lines) {
    fixture one;
    one.reader = {};
    one.log->info("nobody reads this");
    for (int i = 0; i < 2000 && one.log->dropped() == 0; ++i) {
        std::this_thread::sleep_for(5ms);
    }
    // 2 if the line was lost before info() returned: then info() wrote a line about the gap, which
    // was lost too.
    const auto lost = one.log->dropped();
    BOOST_TEST((lost == 1U || lost == 2U));
}

BOOST_AUTO_TEST_SUITE_END()
