#include "app/commands/status_command.hpp"

#include "app/log/colours.hpp"
#include "app/status/control_client.hpp"
#include "app/status/ink.hpp"
#include "app/status/status_text.hpp"
#include "core/json/json_text.hpp"
#include "core/text/decimal.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <utility>

namespace sluice::app {

namespace json = boost::json;

namespace {

constexpr std::size_t most_rows = 1000; // the service lists no more
constexpr std::chrono::seconds usual_interval{2};
constexpr unsigned longest_interval = 3600; // seconds

struct look {
    std::string text;     // the answer, one line
    json::object state{}; // the same
};

/// Prints why there is no answer and returns nothing.
std::optional<look> take_look(const std::string& socket, const terminal& streams) {
    auto answer = ask_control(socket);
    if (!answer.fault.empty()) {
        streams.err << "sluice: " << answer.fault << '\n';
        return std::nullopt;
    }
    json::error_code error;
    auto parsed = json::parse(answer.body, error);
    if (error || !parsed.is_object()) {
        streams.err << "sluice: the answer is not JSON: something else listens on " << socket
                    << '\n';
        return std::nullopt;
    }
    return look{std::move(answer.body), std::move(parsed.get_object())};
}

/// Colours on a terminal only.
ink ink_of_output() {
    return ink(::isatty(STDOUT_FILENO) == 1 && wants_colours());
}

/// The height of the terminal on standard output; 0 when there is none.
std::size_t terminal_rows() {
    winsize size{};
    constexpr std::size_t usual = 24;
    if (::isatty(STDOUT_FILENO) == 0) {
        return 0;
    }
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : usual;
}

int show_status(const std::string& socket, bool as_json, const terminal& streams) {
    const auto seen = take_look(socket, streams);
    if (!seen) {
        return exit_failure;
    }
    streams.out << (as_json ? core::pretty_json(seen->state) + "\n"
                            : status_text(seen->state, most_rows, ink_of_output()));
    return exit_success;
}

/// One look on a terminal: it replaces the last one, and long lines are cut.
std::string on_screen(const std::string& text) {
    constexpr const char* begin = "\x1b[?7l\x1b[H"; // no line wrap; to the upper left corner
    constexpr const char* end = "\x1b[J\x1b[?7h";   // clear the rest; line wrap
    std::string out = begin;
    for (const char c : text) {
        out += c == '\n' ? "\x1b[K\n" : std::string(1, c);
    }
    return out + end;
}

struct top_options {
    std::chrono::seconds interval;
    bool is_once;
    bool as_json;
};

int show_top(const std::string& socket, const top_options& how, const terminal& streams) {
    using clock = std::chrono::steady_clock;
    const auto with = ink_of_output();
    earlier_look before;
    auto last = clock::now();
    for (bool is_first = true;; is_first = false) {
        const auto seen = take_look(socket, streams);
        if (!seen) {
            return exit_failure;
        }
        const auto now = clock::now();
        before.seconds = is_first ? 0 : std::chrono::duration<double>(now - last).count();
        last = now;
        constexpr std::size_t lines_above = 8; // of the summary, and the line below
        const auto height = how.is_once ? 0 : terminal_rows();
        const auto rows = height == 0
                              ? most_rows
                              : std::max<std::size_t>(1, height - std::min(height, lines_above));
        if (how.as_json) {
            streams.out << seen->text;
        } else if (height > 0) {
            streams.out << (is_first ? "\x1b[2J" : "")
                        << on_screen(top_text(seen->state, before, rows, with));
        } else {
            streams.out << (is_first ? "" : "\n") << top_text(seen->state, before, rows, with);
        }
        streams.out.flush();
        if (how.is_once || !streams.out) { // nobody reads any more
            return exit_success;
        }
        before.sent = sent_bytes_of(seen->state);
        std::this_thread::sleep_for(how.interval);
    }
}

} // namespace

int run_status_command(const command_line& line, const core::config& settings,
                       const terminal& streams) {
    const auto& socket = settings.control.socket;
    auto interval = usual_interval;
    if (line.has("--interval")) {
        const auto seconds = core::parse_decimal<unsigned>(line.option("--interval"));
        if (!seconds || *seconds == 0 || *seconds > longest_interval) {
            return refuse_usage(streams, "--interval must be 1 to 3600 seconds");
        }
        interval = std::chrono::seconds(*seconds);
    }
    if (socket.empty()) {
        return refuse(streams, "control.socket is not set: set it in the configuration of the "
                               "service and restart it, or name its socket with --socket");
    }
    const bool as_json = line.has("--json");
    return line.what == command::status
               ? show_status(socket, as_json, streams)
               : show_top(socket,
                          {.interval = interval, .is_once = line.has("--once"), .as_json = as_json},
                          streams);
}

} // namespace sluice::app
