#pragma once
// The standard streams of a command and its exit status, so that tests can run commands without a
// process. Used by app/run_command and app/commands.

#include <iosfwd>
#include <string_view>

namespace sluice::app {

struct terminal {
    std::istream& in;
    std::ostream& out; // the result
    std::ostream& err; // messages
};

inline constexpr int exit_success = 0;
inline constexpr int exit_failure = 1; // the answer is no, or it could not be determined
inline constexpr int exit_usage = 2;   // the command line is invalid

/// Prints `message` as the reason why the answer is no. Returns exit_failure.
[[nodiscard]] int refuse(const terminal& streams, std::string_view message);

/// Prints `message` as a fault of the command line. Returns exit_usage.
[[nodiscard]] int refuse_usage(const terminal& streams, std::string_view message);

} // namespace sluice::app
