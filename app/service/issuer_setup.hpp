#pragma once
// From the settings of the issuer section to the gate: reads the files they name.

#include "core/base/operator_problem.hpp"
#include "core/config/config.hpp"
#include "core/issuer/issuer.hpp"

#include <vector>

namespace sluice::app {

/// The gate that `settings`, which have been validated, ask for. What is wrong with a file is added
/// to `problems`; the gate is of use only when nothing was.
[[nodiscard]] core::issuer_gate make_issuer_gate(const core::config& settings,
                                                 std::vector<core::operator_problem>& problems);

/// The same; throws std::runtime_error with all that is wrong.
[[nodiscard]] core::issuer_gate make_issuer_gate(const core::config& settings);

} // namespace sluice::app
