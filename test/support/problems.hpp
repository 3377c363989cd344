#pragma once
// Looks at the problems that a reader of settings or keys has reported.

#include "core/base/operator_problem.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

/// One problem a line, "where | what", for comparisons and messages.
inline std::string joined(const std::vector<core::operator_problem>& problems) {
    std::string out;
    for (const auto& problem : problems) {
        out += problem.where + " | " + problem.what + "\n";
    }
    return out;
}

/// True when one of them is at `where` and contains `what`.
inline bool has(const std::vector<core::operator_problem>& problems, std::string_view where,
                std::string_view what) {
    return std::ranges::any_of(problems, [&](const auto& problem) {
        return problem.where == where && problem.what.find(what) != std::string::npos;
    });
}

} // namespace sluice::test
