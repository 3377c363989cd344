#pragma once
// The three streams of a command and its exit status, so that commands run in a test without a
// process.

#include <iosfwd>
#include <string_view>

namespace sluice::app {

struct terminal {
    std::istream& in;
    std::ostream& out; // what was asked for
    std::ostream& err; // everything else
};

inline constexpr int exit_success = 0;
inline constexpr int exit_failure = 1; // the answer is no, or it could not be found out
inline constexpr int exit_usage = 2;   // the command line makes no sense

/// Says what is wrong with the command line; exit_usage.
[[nodiscard]] int refuse_usage(const terminal& streams, std::string_view message);

} // namespace sluice::app
