#pragma once
// One fault in a file or a setting that an operator wrote: the configuration, key files, the CSV of
// grants. Not a response to a client (http/problem) and not an errc. Used by the readers of such
// files in core, and by app, which prints it.

#include <string>

namespace sluice::core {

/// One fault: its location and what to do about it. Neither part repeats a value.
struct operator_problem {
    std::string
        where; // "sluice.json: limits.idle_timeout", "environment SLUICE_THREADS", "--threads"
    std::string what; // a clause without a full stop

    friend bool operator==(const operator_problem&, const operator_problem&) = default;
};

} // namespace sluice::core
